package io.interrex.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.interrex.actors.Endpoint;
import io.interrex.actors.agent.AgentActor;
import io.interrex.actors.agent.AgentPorts;
import io.interrex.actors.agent.AgentSettings;
import io.interrex.actors.brain.Brain;
import io.interrex.actors.brain.BrainSettings;
import io.interrex.actors.hands.HandsSettings;
import io.interrex.actors.hands.HandsTimings;
import io.interrex.actors.hands.HandsTransport;
import io.interrex.actors.hands.Incoming;
import io.interrex.actors.lease.VoterActor;
import io.interrex.actors.log.GroupLog;
import io.interrex.actors.node.Board;
import io.interrex.actors.node.Switchboard;
import io.interrex.actors.router.RouterActor;
import io.interrex.actors.supervisor.SupervisorActor;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.lease.VoterHard;
import io.interrex.cluster.lease.VoterState;
import io.interrex.cluster.member.MemberHard;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Notifier;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.settings.Timings;
import io.interrex.config.ClusterConfig;
import io.interrex.config.ClusterConfig.Group;
import io.interrex.config.ClusterConfig.Member;
import io.interrex.config.ClusterConfig.RouterConfig;
import io.interrex.config.ConfigProblems;
import io.interrex.config.Installation;
import io.interrex.config.NodeConfig;
import io.interrex.haproxy.HaproxyRouter;
import io.interrex.haproxy.HaproxySettings;
import io.interrex.http.HttpLimits;
import io.interrex.http.HttpServer;
import io.interrex.notify.CommandNotifier;
import io.interrex.notify.LogNotifier;
import io.interrex.persistence.hard.FileHardStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node: its hands first (a primary renews its lease again before anything else is up), then the log, then the brain.
 * SIGTERM ends the process and leaves guard, server and gate as they are: the lease decides how long.
 */
public final class Node implements NodeRunner {

    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    private static final Duration LOG_RETRY = Duration.ofMillis(100);

    @Override
    public int run(NodeConfig config, Installation host) throws Exception {
        var stop = new CountDownLatch(1);
        var running = new Running(config, host);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
            stop.countDown();
            running.close();
        }));
        running.start();
        stop.await();
        return 0;
    }

    /** The parts of a running node, in the order in which they come up. */
    private static final class Running {
        private final NodeConfig config;
        private final ClusterConfig cluster;
        private final Installation host;
        private final Board board = new Board();
        private final Wires wires = new Wires();
        private final LateJournal journal = new LateJournal();
        private final NodeLog log;
        private final Map<String, ActorRef<GroupLog.Message>> logs = new TreeMap<>();
        private final List<LocalMember> members = new ArrayList<>();
        private final List<HaproxyRouter> routers = new ArrayList<>();
        private final List<ActorRef<RouterActor.Message>> routerActors = new CopyOnWriteArrayList<>();
        private final ActorSystem<Void> hands;
        private @Nullable Brain<Nothing> brain;
        private @Nullable ActorRef<VoterActor.Message> voter;

        Running(NodeConfig config, Installation host) {
            this.config = config;
            this.cluster = config.cluster();
            this.host = host;
            this.log = new NodeLog(config, journal);
            this.hands = ActorSystem.create(
                    Behaviors.<Void>empty(),
                    "interrex-hands",
                    ConfigFactory.load().getConfig("interrex.hands.system").withFallback(ConfigFactory.load()));
        }

        void start() throws Exception {
            var store = new FileHardStore(config.directories().state().resolve("promises"));
            ActorRef<Switchboard.Message> switchboard =
                    spawn(Switchboard.create(board, wires::send, this::routersSee), "switchboard");
            for (Group group : cluster.groups().values()) {
                startLog(group, switchboard);
            }
            if (config.self().voter()) {
                startVoter(store, switchboard);
            }
            long incarnation = 1;
            for (Group group : config.memberGroups()) {
                incarnation = startMember(group, store, switchboard);
            }
            connect(incarnation, switchboard);
            log.start(new LeaderMover(config, board, wires::inReach));
            startRouters();
            if (!config.self().edge()) {
                startBrain(switchboard);
            }
            startHttp();
            LOG.info("node {} is up", config.name());
        }

        private void startLog(Group group, ActorRef<Switchboard.Message> switchboard) {
            ActorRef<GroupLog.Message> actor = spawn(
                    GroupLog.create(
                            group.name(),
                            journal,
                            recorded -> wires.tellAll(config.name(), new HandsMessage.Committed(recorded.envelope())),
                            LOG_RETRY),
                    "log-" + group.name());
            logs.put(group.name(), actor);
            switchboard.tell(new Switchboard.PlugLog(group.name(), actor));
            var routes = new ArrayList<People.Route>();
            routes.add(new People.Route(new LogNotifier(), Notifier.Severity.CRITICAL));
            cluster.notifiers()
                    .forEach(n -> routes.add(new People.Route(new CommandNotifier(n.run(), n.timeout()), n.from())));
            var people = new People(config.name(), List.copyOf(routes), actor);
            spawn(
                    Notifications.create(group.name(), people, System.currentTimeMillis()),
                    "notifications-" + group.name());
            if (!config.self().edge()) {
                spawn(
                        VotersAlarm.create(group.name(), cluster.voters(), cluster.timings(), people, this::answers),
                        "voters-alarm-" + group.name());
            }
        }

        private void startVoter(FileHardStore store, ActorRef<Switchboard.Message> switchboard) throws ConfigProblems {
            VoterHard hard = orRefuse(store.loadVoter());
            Timings timings = cluster.timings();
            voter = spawn(
                    VoterActor.create(
                            VoterState.started(
                                    config.name(),
                                    1,
                                    System.nanoTime(),
                                    timings.silentFor().toNanos(),
                                    timings.promiseFor().toNanos(),
                                    hard),
                            store,
                            wires::send),
                    "voter");
            switchboard.tell(new Switchboard.PlugVoter(voter));
        }

        private long startMember(Group group, FileHardStore store, ActorRef<Switchboard.Message> switchboard)
                throws IOException, InterruptedException, ConfigProblems {
            Member member = group.member(config.name());
            MemberHard known = orRefuse(store.loadMember(group.name()));
            LocalMember.requireOwnData(config, group, member, known);
            MemberHard hard = known.started();
            orRefuse(store.saveMember(group.name(), hard));
            LocalMember local =
                    LocalMember.open(config, group, member, path(host.postgresBin(), group.name()), guardBinary());
            members.add(local);
            ActorRef<AgentActor.Message> agent = spawn(
                    AgentActor.create(
                            new AgentSettings(
                                    group.name(), config.name(), new TreeSet<>(cluster.voters()), 1, cluster.timings()),
                            new AgentPorts(
                                    local.database(),
                                    local.guard(),
                                    local.gate(),
                                    store,
                                    log(group.name()),
                                    wires::send,
                                    message -> wires.tellAll(config.name(), message)),
                            hard),
                    "agent-" + group.name());
            switchboard.tell(new Switchboard.PlugAgent(group.name(), agent));
            return hard.incarnation();
        }

        private void connect(long incarnation, ActorRef<Switchboard.Message> switchboard) throws Exception {
            var peers = new HashMap<String, Endpoint>();
            config.peers()
                    .forEach(peer -> peers.put(
                            peer.name(), new Endpoint(peer.host(), peer.ports().hands())));
            Config reference = ConfigFactory.load();
            ActorRef<Incoming> receiver = spawn(
                    Behaviors.receiveMessage(incoming -> {
                        switchboard.tell(new Switchboard.In(incoming));
                        return Behaviors.same();
                    }),
                    "incoming");
            wires.connect(HandsTransport.start(
                            hands,
                            new HandsSettings(
                                    config.name(),
                                    incarnation,
                                    cluster.name(),
                                    new Endpoint(
                                            config.self().host(),
                                            config.self().ports().hands()),
                                    peers,
                                    HandsTimings.of(reference, cluster.profile()),
                                    reference.getInt("interrex.hands.queue-max"),
                                    null,
                                    cluster.insecure()),
                            receiver)
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS));
        }

        private void startRouters() {
            for (RouterConfig router : config.routers()) {
                Group group = cluster.group(router.group());
                HaproxyRouter haproxy = HaproxyRouter.start(
                        HaproxySettings.of(
                                        group.name(),
                                        group.memberInfos(),
                                        config.directories().run().resolve("haproxy-" + router.name()),
                                        new HaproxySettings.Listen(router.bind(), router.writePort()),
                                        new HaproxySettings.Listen(router.bind(), router.readPort()))
                                .withBinary(path(host.haproxy(), router.name()).toString()),
                        report -> LOG.warn("router {}: {}", router.name(), report));
                routers.add(haproxy);
                routerActors.add(spawn(
                        RouterActor.create(
                                group.name(),
                                config.name(),
                                haproxy,
                                log(group.name()),
                                cluster.timings().suspectAfter(),
                                group.readMaxLagBytes()),
                        "router-" + router.name()));
            }
        }

        private void routersSee(MemberStatus status) {
            routerActors.forEach(router -> router.tell(new RouterActor.Seen(status)));
        }

        private void startBrain(ActorRef<Switchboard.Message> switchboard) {
            var endpoints = new LinkedHashMap<String, Endpoint>();
            cluster.nodes().values().stream()
                    .filter(node -> !node.edge())
                    .forEach(node -> endpoints.put(
                            node.name(), new Endpoint(node.host(), node.ports().brain())));
            brain = Brain.start(
                    new BrainSettings(
                            config.name(),
                            cluster.name(),
                            endpoints,
                            wires::inReach,
                            cluster.profile(),
                            ConfigFactory.load(),
                            null,
                            cluster.insecure()),
                    () -> supervisors(switchboard));
        }

        private Behavior<Nothing> supervisors(ActorRef<Switchboard.Message> switchboard) {
            return Behaviors.setup(context -> {
                for (Group group : cluster.groups().values()) {
                    ActorRef<SupervisorActor.Message> supervisor = context.spawn(
                            SupervisorActor.create(
                                    new SupervisorActor.Settings(
                                            group.name(),
                                            config.name(),
                                            group.memberInfos(),
                                            cluster.voters(),
                                            group.settings()),
                                    new SupervisorActor.Ports(log(group.name()), voter, wires::send)),
                            "supervisor-" + group.name());
                    switchboard.tell(new Switchboard.PlugSupervisor(group.name(), supervisor));
                }
                return Behaviors.empty();
            });
        }

        private void startHttp() throws Exception {
            var control = new NodeControl(config, board, journal, logs, hands, log::health, this::answers);
            for (String group : logs.keySet()) {
                journal.follow(group, 1, recorded -> control.saw(group, recorded));
            }
            HttpServer.start(
                            hands,
                            control,
                            control,
                            config.self().host(),
                            config.self().ports().http(),
                            HttpLimits.defaults())
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
        }

        private boolean answers(String node) {
            return node.equals(config.name()) || wires.inReach(node);
        }

        private ActorRef<GroupLog.Message> log(String group) {
            ActorRef<GroupLog.Message> actor = logs.get(group);
            if (actor == null) {
                throw new IllegalStateException("no log actor for group " + group);
            }
            return actor;
        }

        private static Path path(Map<String, Path> found, String name) {
            Path path = found.get(name);
            if (path == null) {
                throw new IllegalStateException("nothing was found on this host for " + name);
            }
            return path;
        }

        private static Path guardBinary() {
            String home = System.getProperty("interrex.home", ".");
            return Path.of(System.getProperty("interrex.guard", home + "/libexec/interrex-guard"));
        }

        private <T> T orRefuse(Outcome<T> outcome) throws ConfigProblems {
            return switch (outcome) {
                case Outcome.Done<T>(var value) -> value;
                case Outcome.Refused<T>(var reason) -> throw unreadable(reason);
                case Outcome.Unknown<T>(var reason) -> throw unreadable(reason);
            };
        }

        private ConfigProblems unreadable(String reason) {
            String state = config.directories().state().toString();
            return config.refusal("directories.state", state, reason, "See to " + state + " and its file system");
        }

        private <T> ActorRef<T> spawn(Behavior<T> behavior, String name) {
            return hands.systemActorOf(behavior, name, Props.empty());
        }

        void close() {
            routers.forEach(HaproxyRouter::close);
            Brain<Nothing> mind = brain;
            if (mind != null) {
                mind.close();
            }
            hands.terminate();
            log.close();
            members.forEach(LocalMember::close);
        }
    }
}
