package io.interrex.node;

import io.interrex.actors.hands.HandsSystem;
import io.interrex.actors.log.GroupLog;
import io.interrex.actors.router.RouterActor;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.hands.RouterStatus;
import io.interrex.config.ClusterConfig.Group;
import io.interrex.config.ClusterConfig.RouterConfig;
import io.interrex.config.Installation;
import io.interrex.config.NodeConfig;
import io.interrex.haproxy.HaproxyRouter;
import io.interrex.haproxy.HaproxySettings;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The routers that run on this node, each a HAProxy that dies with it. */
final class LocalRouters {

    private static final Logger LOG = LoggerFactory.getLogger(LocalRouters.class);

    private final NodeConfig config;
    private final List<ActorRef<RouterActor.Message>> actors = new CopyOnWriteArrayList<>();

    LocalRouters(NodeConfig config) {
        this.config = config;
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
            HaproxyRouter haproxy = HaproxyRouter.start(
                    settings(host, router, group), report -> LOG.warn("router {}: {}", router.name(), report));
            actors.add(hands.spawn(
                    RouterActor.create(
                            group.name(),
                            config.name(),
                            config.name() + "/" + router.name(),
                            haproxy,
                            log.apply(group.name()),
                            announce,
                            config.cluster().timings().suspectAfter(),
                            group.readMaxLagBytes()),
                    "router-" + router.name()));
        }
    }

    private HaproxySettings settings(Installation host, RouterConfig router, Group group) {
        return HaproxySettings.of(
                        group.name(),
                        group.memberInfos(),
                        config.directories().run().resolve("haproxy-" + router.name()),
                        new HaproxySettings.Listen(router.bind(), router.writePort()),
                        new HaproxySettings.Listen(router.bind(), router.readPort()))
                .withBinary(Node.path(host.haproxy(), router.name()).toString());
    }

    void see(MemberStatus status) {
        actors.forEach(actor -> actor.tell(new RouterActor.Seen(status)));
    }
}
