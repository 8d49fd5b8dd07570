package io.interrex.node;

import io.interrex.actors.hands.HandsSystem;
import io.interrex.actors.lease.FoundingActor;
import io.interrex.actors.lease.VoterActor;
import io.interrex.actors.lease.VoterWindow;
import io.interrex.actors.log.GroupLog;
import io.interrex.actors.node.Switchboard;
import io.interrex.actors.supervisor.SupervisorActor;
import io.interrex.cluster.charter.Founding.Claim;
import io.interrex.cluster.charter.RosterSight;
import io.interrex.cluster.charter.VoterCharter;
import io.interrex.cluster.charter.VoterRecovery;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.lease.VoterHard;
import io.interrex.cluster.lease.VoterState;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.PowerHook;
import io.interrex.cluster.settings.Timings;
import io.interrex.config.ClusterConfig;
import io.interrex.config.ConfigProblems;
import io.interrex.config.NodeConfig;
import io.interrex.persistence.LogGroupJournal;
import io.interrex.persistence.hard.FileHardStore;
import io.interrex.persistence.hard.WholeFile;
import io.interrex.persistence.ratis.RatisEventLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * This node's place among the voters: holds its disk against the configuration before anything else is done, and starts its voter
 * once all of them are there for the first time.
 */
final class OwnVoter {

    /** This node's voter takes no part: its disk has no seat. */
    static final long NO_PART = Long.MIN_VALUE;

    private final NodeConfig config;
    private final FileHardStore store;
    private final boolean promised;
    private final @Nullable VoterRecovery recovery;
    private final FoundingActor.Result founding = FoundingActor.Result.open();
    private volatile VoterCharter charter;
    private volatile SupervisorActor.@Nullable OwnVoter running;
    private @Nullable ActorRef<FoundingActor.Message> actor;
    private Runnable unseated = () -> {
        throw new IllegalStateException("nobody ends this node");
    };

    private OwnVoter(
            NodeConfig config,
            FileHardStore store,
            VoterCharter charter,
            boolean promised,
            @Nullable VoterRecovery recovery) {
        this.config = config;
        this.store = store;
        this.charter = charter;
        this.promised = promised;
        this.recovery = recovery;
    }

    /** Refuses a configuration that counts other voters than this node's disk does, and a disk that has lost a part. */
    static OwnVoter open(NodeConfig config, FileHardStore store) throws ConfigProblems {
        ClusterConfig cluster = config.cluster();
        VoterCharter onDisk = OwnMember.orRefuse(config, store.loadCharter());
        boolean promised = !onDisk.founded() && hasPromised(config, store);
        var file = VoterCharter.first(cluster.generation(), cluster.voters(), UUID.randomUUID());
        VoterCharter.Refusal refusal = onDisk.refusal(file, promised);
        if (refusal != null) {
            throw config.refusal(refusal.key(), null, refusal.why(), refusal.remedy());
        }
        putAside(config, onDisk);
        requireWhole(config, store, onDisk);
        VoterCharter charter = onDisk.sameVoters(file) ? onDisk : file;
        if (charter != onDisk) {
            OwnMember.orRefuse(config, store.saveCharter(charter));
        }
        return new OwnVoter(
                config,
                store,
                charter,
                promised,
                onDisk.survivor() ? OwnMember.orRefuse(config, store.loadRecovery()) : null);
    }

    private static boolean hasPromised(NodeConfig config, FileHardStore store) throws ConfigProblems {
        for (ClusterConfig.Group group : config.cluster().groups().values()) {
            if (OwnMember.orRefuse(config, store.loadMember(group.name())).maxEpoch() > 0) {
                return true;
            }
        }
        return OwnMember.orRefuse(config, store.loadVoter()).maxEpochs().values().stream()
                .anyMatch(epoch -> epoch > 0);
    }

    /** Another disk has the seat, and this one starts as an empty one: its old log is another peer's. */
    private static void putAside(NodeConfig config, VoterCharter onDisk) throws ConfigProblems {
        Path log = logDirectory(config, config.cluster().generation());
        boolean old = onDisk.change() > 0 && !onDisk.hasRoster() && !onDisk.joining() && Files.exists(log);
        try {
            if (old) {
                Files.move(log, log.resolveSibling(log.getFileName() + "-before-" + onDisk.disk()));
            }
        } catch (IOException e) {
            throw config.refusal(
                    "directories.state",
                    log.toString(),
                    "cannot be put aside: " + e,
                    "Move it away: another disk has this voter's seat");
        }
    }

    /** A voter that has bound itself has three things on its disk: the charter, what it promised, and its log. */
    private static void requireWhole(NodeConfig config, FileHardStore store, VoterCharter onDisk)
            throws ConfigProblems {
        Path log = logDirectory(config, config.cluster().generation());
        String disk = logsDisk(log);
        boolean same = disk.equals(onDisk.disk().toString());
        // it writes them before the charter when it binds itself: they may be there before
        if (onDisk.hasRoster() ? !same || !store.hasVoter() : !same && !disk.isEmpty()) {
            String state = config.directories().state().toString();
            throw config.refusal(
                    "directories.state",
                    state,
                    onDisk.hasRoster()
                            ? "has lost what this voter promised, or its log in " + log.getFileName()
                            : "has a voter's log in " + log.getFileName() + ", and has lost what that voter promised",
                    "Restore it as it was, or move it and the member's data away: the member is cloned then, and 'interrex voter"
                            + " readmit' gives the empty disk its seat");
        }
    }

    /** Empty: none is written there. */
    private static String logsDisk(Path log) {
        try {
            Path file = log.resolve("disk");
            return Files.exists(file) ? Files.readString(file).strip() : "";
        } catch (IOException e) {
            return "unreadable: " + e;
        }
    }

    /** Each generation has a log of its own. */
    static Path logDirectory(NodeConfig config, int generation) {
        return config.directories().state().resolve(generation == 1 ? "log" : "log-" + generation);
    }

    int generation() {
        return charter.generation();
    }

    /** By which this node's member has its lease renewed, and this node counts voters. */
    int configuration() {
        return charter.configuration();
    }

    /** How the voters' seats look from here. */
    RosterSight sight() {
        return founding.roster().get();
    }

    /** What voters said that they have promised, since it was last emptied. */
    Map<String, HandsMessage.Promises> promises() {
        return founding.promises();
    }

    /** Completes once this node's charter says on disk that it asks for the vacant seat. */
    CompletableFuture<VoterCharter> askSeat() {
        var done = new CompletableFuture<VoterCharter>();
        ActorRef<FoundingActor.Message> asked = actor;
        if (asked == null) {
            done.completeExceptionally(new IllegalStateException("this node is not up yet"));
        } else {
            asked.tell(new FoundingActor.AskSeat(done));
        }
        return done;
    }

    Path log() {
        return logDirectory(config, charter.generation());
    }

    String greeting() {
        return charter.greeting(config.cluster().name());
    }

    /** Null where no voter runs here. */
    @Nullable
    Path runningLog() {
        return running == null && !charter.joining() ? null : log();
    }

    /** Null: nobody has to wait for the first generation's log. */
    @Nullable
    LogBeginning beginning(RatisEventLog log, LogGroupJournal journal) {
        return charter.generation() == 1
                ? null
                : new LogBeginning(
                        log,
                        journal,
                        charter,
                        config.name(),
                        recovery == null
                                ? null
                                : new LogBeginning.Source(
                                        logDirectory(config, charter.generation() - 1),
                                        NodeLog.name(config.cluster().name(), charter.generation() - 1),
                                        recovery));
    }

    SupervisorActor.@Nullable OwnVoter running() {
        return running;
    }

    /** Left of its silence after the start, in ns; 0 or less: it is over, or this node has no voter; or {@link #NO_PART}. */
    long silentNs() {
        SupervisorActor.OwnVoter own = running;
        if (own == null) {
            return config.self().voter() ? NO_PART : 0;
        }
        return own.window().silentNs(System.nanoTime());
    }

    /** Whether a voter takes no part, as far as this node knows. */
    boolean isOut(String voter) {
        return founding.out().contains(voter);
    }

    /** What a supervisor of this node decides with. */
    SupervisorActor.Ports ports(ActorRef<GroupLog.Message> log, Wires wires, @Nullable PowerHook hook) {
        return new SupervisorActor.Ports(
                log, this::running, this::configuration, wires::send, wires::commonFormat, hook);
    }

    /** @param ends this node, because its disk has lost its seat; said before {@link #begin} */
    void onUnseated(Runnable ends) {
        unseated = ends;
    }

    /** A voter that has taken part before takes part at once. */
    void begin(HandsSystem hands, ActorRef<Switchboard.Message> switchboard, Wires wires) throws ConfigProblems {
        List<String> others = config.peers().stream()
                .filter(peer -> !peer.edge())
                .map(ClusterConfig.Node::handsName)
                .toList();
        ActorRef<FoundingActor.Message> spawned = hands.spawn(
                FoundingActor.create(
                        new FoundingActor.Peers(config.handsName(), others, wires::send),
                        new FoundingActor.Disk(new Claim(charter, promised), this::save),
                        founding,
                        new Seat(hands, switchboard, wires)),
                "founding");
        actor = spawned;
        switchboard.tell(new Switchboard.PlugFounding(spawned));
        if (config.self().voter() && charter.founded()) {
            start(hands, switchboard, wires);
        }
    }

    /** Waits until it is decided whether this node's voter takes part. */
    void await(HandsSystem hands, ActorRef<Switchboard.Message> switchboard, Wires wires) throws ConfigProblems {
        if (founding.votes().join() && running == null) {
            start(hands, switchboard, wires);
        }
    }

    /** Carries out what becomes of this node's seat. */
    private final class Seat implements FoundingActor.Listener {
        private final HandsSystem hands;
        private final ActorRef<Switchboard.Message> switchboard;
        private final Wires wires;

        Seat(HandsSystem hands, ActorRef<Switchboard.Message> switchboard, Wires wires) {
            this.hands = hands;
            this.switchboard = switchboard;
            this.wires = wires;
        }

        @Override
        public void counts(VoterCharter next) {
            charter = next;
            switchboard.tell(new Switchboard.Counts(next));
        }

        @Override
        public void seated() {
            try {
                start(hands, switchboard, wires);
            } catch (ConfigProblems e) {
                throw new IllegalStateException("what this voter promised cannot be read", e);
            }
        }

        @Override
        public void unseated() {
            unseated.run();
        }
    }

    private void start(HandsSystem hands, ActorRef<Switchboard.Message> switchboard, Wires wires)
            throws ConfigProblems {
        VoterHard hard = OwnMember.orRefuse(config, store.loadVoter());
        Timings timings = config.cluster().timings();
        VoterState started = VoterState.started(
                config.handsName(),
                charter.configuration(),
                System.nanoTime(),
                timings.silentFor().toNanos(),
                timings.promiseFor().toNanos(),
                hard);
        var window = new VoterWindow(started);
        ActorRef<VoterActor.Message> actor =
                hands.spawn(VoterActor.create(started, window, store, wires::send), "voter");
        running = new SupervisorActor.OwnVoter(actor, window);
        switchboard.tell(new Switchboard.PlugVoter(actor));
    }

    /** The charter last: where it says that this disk is bound, the rest is there. */
    Outcome<Nothing> save(VoterCharter next) {
        if (!next.founded() && (next.hasRoster() || next.joining())) {
            Path log = logDirectory(config, next.generation());
            try {
                Files.createDirectories(log);
                if (next.joining()) {
                    RatisEventLog.reserve(log, config.handsName(), next.disk());
                }
                WholeFile.write(log.resolve("disk"), next.disk().toString().getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                return Outcome.unknown(log + " cannot be written: " + e);
            }
            Outcome<Nothing> written =
                    store.hasVoter() ? Outcome.done(Nothing.NOTHING) : store.saveVoter(VoterHard.NEW);
            if (!(written instanceof Outcome.Done<Nothing>)) {
                return written;
            }
        }
        return store.saveCharter(next);
    }
}
