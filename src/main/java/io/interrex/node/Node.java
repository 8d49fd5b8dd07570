package io.interrex.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.interrex.actors.Endpoint;
import io.interrex.actors.agent.AgentActor;
import io.interrex.actors.agent.AgentSettings;
import io.interrex.actors.brain.Brain;
import io.interrex.actors.brain.BrainSettings;
import io.interrex.actors.hands.HandsSettings;
import io.interrex.actors.hands.HandsSystem;
import io.interrex.actors.hands.HandsTimings;
import io.interrex.actors.hands.HandsTransport;
import io.interrex.actors.hands.Incoming;
import io.interrex.actors.log.GroupLog;
import io.interrex.actors.node.Board;
import io.interrex.actors.node.Switchboard;
import io.interrex.actors.supervisor.SupervisorActor;
import io.interrex.actors.supervisor.Supervisors;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.supervision.Beginning;
import io.interrex.config.ClusterConfig;
import io.interrex.config.ClusterConfig.Group;
import io.interrex.config.ConfigProblems;
import io.interrex.config.Installation;
import io.interrex.config.NodeConfig;
import io.interrex.http.HttpLimits;
import io.interrex.http.HttpServer;
import io.interrex.persistence.hard.FileHardStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node: its hands first (a primary renews its lease again before anything else is up), then the log, then the brain.
 * SIGTERM ends the process within half a second, and leaves guard, server and gate as they are: the lease decides how long.
 * So does a part of the hands that fails, with an exit code of its own, so that the service manager starts the node anew.
 */
public final class Node implements NodeRunner {

    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    private static final Duration LOG_RETRY = Duration.ofMillis(100);

    /** What was delivered is in the log by then, or another node delivers it. */
    private static final Duration TOLD_WITHIN = Duration.ofSeconds(5);

    /** Shorter than any T is long: the next process of this node takes the lease over. */
    private static final Duration CLOSE_LIMIT = Duration.ofMillis(200);

    private final CompletableFuture<Integer> end = new CompletableFuture<>();
    private final FutureTask<HandsSystem> hands = new FutureTask<>(this::startHands);

    /** Begins to start what every node needs, whatever its configuration says; reading that takes as long. */
    public static Node begin() {
        var node = new Node();
        Thread.ofPlatform().daemon().name("hands-starter").start(node.hands);
        return node;
    }

    private HandsSystem startHands() {
        Logging.bridge();
        return HandsSystem.start(part -> end.complete(HANDS_FAILED));
    }

    @Override
    public int run(NodeConfig config, Installation host) throws Exception {
        var store = new FileHardStore(config.directories().state().resolve("promises"));
        var voter = OwnVoter.open(config, store);
        List<OwnMember.Opening> opening = config.memberGroups().stream()
                .map(group -> OwnMember.opening(config, host, store, group))
                .toList();
        // does nothing where that was begun
        hands.run();
        HandsSystem system = hands.get();
        var closed = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> halt(end, closed)));
        voter.onUnseated(() -> end.complete(HANDS_FAILED));
        var running = new Running(config, host, store, voter, system, opening);
        try {
            running.start();
            return end.join();
        } finally {
            // a start that failed ends by its own exception, not by the hook
            end.complete(HANDS_FAILED);
            running.close(CLOSE_LIMIT);
            closed.countDown();
        }
    }

    /** Told to stop: waits for the log's end, but not for whatever else holds the machine up. */
    private static void halt(CompletableFuture<Integer> end, CountDownLatch closed) {
        if (!end.complete(0)) {
            return;
        }
        try {
            if (!closed.await(CLOSE_LIMIT.toMillis() + 50, TimeUnit.MILLISECONDS)) {
                LOG.warn("the node was told to stop before it was up");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(0);
    }

    /** The parts of a running node, in the order in which they come up. */
    private static final class Running {
        private final NodeConfig config;
        private final ClusterConfig cluster;
        private final Installation host;
        private final Board board = new Board();
        private final OwnFile file;
        private final Wires wires;
        private final LateJournal journal = new LateJournal();
        private final NodeLog log;
        private final Map<String, ActorRef<GroupLog.Message>> logs = new TreeMap<>();
        private final LocalRouters routers;
        private final HandsSystem hands;
        private final FileHardStore store;
        private final OwnVoter voter;
        private final List<OwnMember.Opening> opening;
        private final Membership membership;
        private final Reloading reloading;
        private @Nullable Brain<Nothing> brain;

        Running(
                NodeConfig config,
                Installation host,
                FileHardStore store,
                OwnVoter voter,
                HandsSystem hands,
                List<OwnMember.Opening> opening)
                throws IOException {
            this.config = config;
            this.cluster = config.cluster();
            this.wires = new Wires(config.name(), cluster);
            this.file = new OwnFile(config, board);
            this.host = host;
            this.log = new NodeLog(config, journal);
            this.routers = new LocalRouters(config, file);
            this.store = store;
            this.voter = voter;
            this.hands = hands;
            this.opening = opening;
            this.membership = new Membership(config, voter, wires, log);
            this.reloading = new Reloading(
                    config.name(), file, board, logs, hands.system().scheduler(), HttpLimits.ORDER_WITHIN, membership);
        }

        void start() throws Exception {
            ActorRef<Switchboard.Message> switchboard = hands.spawnOnWire(
                    Switchboard.create(board, wires::send, routers::see, routers::hold), "switchboard");
            for (Group group : cluster.groups().values()) {
                startLog(group, switchboard);
            }
            voter.begin(hands, switchboard, wires);
            // the peers are dialled while guard, gate and server are looked at: the first round finds its way open
            connect(opening.isEmpty() ? 1 : opening.getLast().hard().incarnation(), switchboard);
            voter.await(hands, switchboard, wires);
            var members = new ArrayList<OwnMember>();
            for (OwnMember.Opening member : opening) {
                members.add(member.opened());
            }
            members.forEach(member -> startAgent(member, switchboard));
            awaitFirstRound(members);
            log.start(
                    voter,
                    new LeaderMover(config, file::current, board, seat -> wires.answers(seat) && !voter.isOut(seat)));
            SeatTaking.start(
                    config,
                    store,
                    voter,
                    wires,
                    log,
                    board,
                    logs,
                    hands.system().scheduler());
            routers.start(hands, host, this::log, status -> wires.tellAll(new HandsMessage.Routed(status)));
            if (!config.self().edge()) {
                startBrain(switchboard);
            }
            startHttp();
            LOG.info("node {} is up", config.name());
        }

        private void startLog(Group group, ActorRef<Switchboard.Message> switchboard) {
            ActorRef<GroupLog.Message> actor = hands.spawn(
                    GroupLog.create(
                            group.name(),
                            journal,
                            recorded -> wires.tellAll(new HandsMessage.Committed(recorded.envelope())),
                            LOG_RETRY),
                    "log-" + group.name());
            logs.put(group.name(), actor);
            switchboard.tell(new Switchboard.PlugLog(group.name(), actor));
            var people = new People(config.name(), People.routes(cluster.notifiers()), actor);
            hands.spawn(
                    Notifications.create(
                            group.name(),
                            people,
                            () -> file.current().nodes().keySet(),
                            TOLD_WITHIN,
                            System.currentTimeMillis()),
                    "notifications-" + group.name());
            if (!config.self().edge()) {
                hands.spawn(
                        VotersAlarm.create(group.name(), cluster.voters(), cluster.timings(), people, wires::answers),
                        "voters-alarm-" + group.name());
            }
        }

        private void startAgent(OwnMember member, ActorRef<Switchboard.Message> switchboard) {
            Group group = member.group();
            LocalMember local = member.local();
            reloading.own(group.name(), local.database());
            membership.follow(hands, group.name(), log(group.name()), local);
            local.database().refreshParameters().thenAccept(outcome -> {
                if (!(outcome instanceof Outcome.Done<?>)) {
                    LOG.warn(
                            "{}: its server may run with other parameters than the file says: {}",
                            group.name(),
                            outcome);
                }
            });
            ActorRef<AgentActor.Message> agent = hands.spawn(
                    AgentActor.create(
                            new AgentSettings(
                                    group.name(),
                                    config.name(),
                                    new TreeSet<>(cluster.voters()),
                                    voter.configuration(),
                                    cluster.timings(),
                                    group.cloneFrom()),
                            local.ports(config, store, log(group.name()), wires, () -> file.drift(group.name())),
                            member.hard()),
                    "agent-" + group.name());
            switchboard.tell(new Switchboard.PlugAgent(group.name(), agent));
        }

        /**
         * A primary's lease goes before everything else that wants this host's cores; where it cannot be renewed, nothing waits
         * for it long.
         */
        private void awaitFirstRound(List<OwnMember> members) throws InterruptedException {
            boolean served = members.stream().anyMatch(member -> member.hard().servedAsPrimary());
            if (served && !wires.awaitFirstRound(cluster.timings().leaseFor().dividedBy(2))) {
                LOG.info("no lease was renewed so far; the rest of this node is started");
            }
        }

        private void connect(long incarnation, ActorRef<Switchboard.Message> switchboard) throws Exception {
            Config reference = hands.config();
            HandsTimings timings = HandsTimings.of(reference, cluster.profile());
            wires.connect(HandsTransport.start(
                            hands.system(),
                            new HandsSettings(
                                    config.name(),
                                    incarnation,
                                    voter.greeting(),
                                    new Endpoint(
                                            config.self().host(),
                                            config.self().ports().hands()),
                                    Wires.endpoints(config.name(), cluster),
                                    timings,
                                    reference.getInt("interrex.hands.queue-max"),
                                    null,
                                    cluster.insecure()),
                            received -> {
                                Incoming incoming = wires.named(received);
                                if (incoming instanceof Incoming.PeerUp up) {
                                    log.up(up.from());
                                    wires.connected(up.from(), timings.queueFor());
                                }
                                switchboard.tell(new Switchboard.In(incoming));
                            })
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS));
        }

        private void startBrain(ActorRef<Switchboard.Message> switchboard) throws ConfigProblems {
            Map<String, Beginning> beginnings = OwnMember.beginnings(config, store);
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
                    () -> supervisors(beginnings, switchboard));
        }

        private Behavior<Nothing> supervisors(
                Map<String, Beginning> beginnings, ActorRef<Switchboard.Message> switchboard) {
            var behaviors = new TreeMap<String, Behavior<SupervisorActor.Message>>();
            for (Group group : cluster.groups().values()) {
                behaviors.put(
                        group.name(),
                        SupervisorActor.create(
                                new SupervisorActor.Settings(
                                        group.name(),
                                        config.name(),
                                        cluster.voters(),
                                        cluster.timings(),
                                        () -> file.settings(group.name()),
                                        beginnings.getOrDefault(group.name(), new Beginning.Created())),
                                voter.ports(log(group.name()), wires, PowerHooks.of(group))));
            }
            return Supervisors.create(
                    behaviors,
                    (group, supervisor) -> switchboard.tell(new Switchboard.PlugSupervisor(group, supervisor)));
        }

        private void startHttp() throws Exception {
            var control = new NodeControl(
                    config,
                    board,
                    journal,
                    logs,
                    hands.system().scheduler(),
                    wires::answers,
                    voter::sight,
                    HttpLimits.ORDER_WITHIN,
                    System::nanoTime,
                    new OwnState(
                            config, file::current, board, log::health, wires::away, voter::silentNs, System::nanoTime),
                    reloading);
            for (String group : logs.keySet()) {
                journal.follow(
                        group,
                        1,
                        recorded -> {
                            control.saw(group, recorded);
                            file.compare(group);
                        },
                        why -> LOG.warn("the routes of group {} are followed no further: {}", group, why));
            }
            HttpServer.start(
                            hands.system(),
                            control,
                            control,
                            config.self().host(),
                            config.self().ports().http(),
                            HttpLimits.defaults())
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
        }

        private ActorRef<GroupLog.Message> log(String group) {
            ActorRef<GroupLog.Message> actor = logs.get(group);
            if (actor == null) {
                throw new IllegalStateException("no log actor for group " + group);
            }
            return actor;
        }

        /** The hands renew until the process is gone, and leave their server to the guard; only the log has an end. */
        void close(Duration limit) throws InterruptedException {
            Thread closing = Thread.ofPlatform().daemon().start(() -> {
                Brain<Nothing> mind = brain;
                if (mind != null) {
                    mind.close();
                }
                log.close();
            });
            if (!closing.join(limit)) {
                LOG.info("the event log did not close within {} ms; it is whole all the same", limit.toMillis());
            }
        }
    }
}
