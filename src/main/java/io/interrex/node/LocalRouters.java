package io.interrex.node;

import io.interrex.actors.hands.HandsSystem;
import io.interrex.actors.log.GroupLog;
import io.interrex.actors.router.RouterActor;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.hands.RouterStatus;
import io.interrex.cluster.port.Router;
import io.interrex.config.ClusterConfig.Group;
import io.interrex.config.ClusterConfig.RouterConfig;
import io.interrex.config.Installation;
import io.interrex.config.NodeConfig;
import io.interrex.haproxy.HaproxyRouter;
import io.interrex.haproxy.HaproxySettings;
import io.interrex.pgbouncer.PgbouncerRouter;
import io.interrex.pgbouncer.PgbouncerSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The routers that run on this node, each a program that dies with it. */
final class LocalRouters {

    private static final Logger LOG = LoggerFactory.getLogger(LocalRouters.class);

    private static final Duration CALL_MAX = Duration.ofMillis(500);

    private final NodeConfig config;
    private final OwnFile file;
    private final List<ActorRef<RouterActor.Message>> actors = new CopyOnWriteArrayList<>();

    LocalRouters(NodeConfig config, OwnFile file) {
        this.config = config;
        this.file = file;
    }

    /**
     * @param log of a group, by its name
     * @param announce tells all nodes what a router has
     */
    void start(
            HandsSystem hands,
            Installation host,
            Function<String, ActorRef<GroupLog.Message>> log,
            Consumer<RouterStatus> announce) {
        for (RouterConfig router : config.routers()) {
            Group group = config.cluster().group(router.group());
            Consumer<String> reports = report -> LOG.warn("router {}: {}", router.name(), report);
            Router started = switch (router.kind()) {
                case HAPROXY -> HaproxyRouter.start(haproxy(host, router, group), reports);
                case PGBOUNCER -> PgbouncerRouter.start(pgbouncer(host, router, group), reports);
            };
            actors.add(hands.spawn(
                    RouterActor.create(
                            group.name(),
                            config.name(),
                            config.name() + "/" + router.name(),
                            started,
                            log.apply(group.name()),
                            announce,
                            config.cluster().timings().suspectAfter(),
                            () -> file.current().group(group.name()).readMaxLagBytes()),
                    "router-" + router.name()));
        }
    }

    private HaproxySettings haproxy(Installation host, RouterConfig router, Group group) {
        return HaproxySettings.of(
                        group.name(),
                        group.memberInfos(),
                        config.directories().run().resolve("haproxy-" + router.name()),
                        new HaproxySettings.Listen(router.bind(), router.writePort()),
                        new HaproxySettings.Listen(router.bind(), router.readPort()))
                .withBinary(Installation.path(host.routers(), router.name()).toString());
    }

    private PgbouncerSettings pgbouncer(Installation host, RouterConfig router, Group group) {
        return new PgbouncerSettings(
                Installation.path(host.routers(), router.name()).toString(),
                config.directories().run().resolve("pgbouncer-" + router.name()),
                group.name(),
                group.memberInfos(),
                router.bind(),
                router.writePort(),
                router.databases().isEmpty() ? List.of(group.postgres().database()) : router.databases(),
                group.postgres().user(),
                config.directories().secrets(),
                router.authFile(),
                router.poolSize(),
                CALL_MAX);
    }

    void hold(HandsMessage.Hold order) {
        actors.forEach(actor -> actor.tell(new RouterActor.Asked(order)));
    }

    void see(MemberStatus status) {
        actors.forEach(actor -> actor.tell(new RouterActor.Seen(status)));
    }
}
