package io.interrex.node;

import io.interrex.actors.hands.HandsSystem;
import io.interrex.actors.lease.FoundingActor;
import io.interrex.actors.lease.VoterActor;
import io.interrex.actors.lease.VoterWindow;
import io.interrex.actors.node.Switchboard;
import io.interrex.actors.supervisor.SupervisorActor;
import io.interrex.cluster.charter.Founding.Claim;
import io.interrex.cluster.charter.VoterCharter;
import io.interrex.cluster.charter.VoterRecovery;
import io.interrex.cluster.lease.VoterHard;
import io.interrex.cluster.lease.VoterState;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
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
import java.util.UUID;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * This node's place among the voters: holds its disk against the configuration before anything else is done, and starts its voter
 * once all of them are there for the first time.
 */
final class OwnVoter {

    private final NodeConfig config;
    private final FileHardStore store;
    private final VoterCharter charter;
    private final boolean promised;
    private final @Nullable VoterRecovery recovery;
    private final FoundingActor.Result founding = FoundingActor.Result.open();
    private SupervisorActor.@Nullable OwnVoter running;

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
                    "Restore it as it was, or move it and the member's data away: the member is cloned then, and the voter takes"
                            + " part again in the next generation (interrex recover --help)");
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

    String greeting() {
        return charter.greeting(config.cluster().name());
    }

    /** Null where no voter runs here. */
    @Nullable
    Path runningLog() {
        return running == null ? null : logDirectory(config, charter.generation());
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

    /** Whether a voter takes no part, as far as this node knows. */
    boolean isOut(String voter) {
        return founding.out().contains(voter);
    }

    /** A voter that has taken part before takes part at once. */
    void begin(HandsSystem hands, ActorRef<Switchboard.Message> switchboard, Wires wires) throws ConfigProblems {
        List<String> others = config.peers().stream()
                .filter(peer -> !peer.edge())
                .map(ClusterConfig.Node::name)
                .toList();
        switchboard.tell(new Switchboard.PlugFounding(hands.spawn(
                FoundingActor.create(
                        new FoundingActor.Peers(config.name(), others, wires::send),
                        new FoundingActor.Disk(new Claim(charter, promised), this::save),
                        founding),
                "founding")));
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

    private void start(HandsSystem hands, ActorRef<Switchboard.Message> switchboard, Wires wires)
            throws ConfigProblems {
        VoterHard hard = OwnMember.orRefuse(config, store.loadVoter());
        Timings timings = config.cluster().timings();
        VoterState started = VoterState.started(
                config.name(),
                charter.generation(),
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
    private Outcome<Nothing> save(VoterCharter next) {
        if (!next.founded()) {
            Path log = logDirectory(config, next.generation());
            try {
                Files.createDirectories(log);
                WholeFile.write(log.resolve("disk"), next.disk().toString().getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                return Outcome.unknown(log + " cannot be written: " + e);
            }
            Outcome<VoterHard> hard = store.loadVoter();
            Outcome<Nothing> written = hard instanceof Outcome.Done<VoterHard>(var found)
                    ? store.saveVoter(found)
                    : Outcome.refused(hard.toString());
            if (!(written instanceof Outcome.Done<Nothing>)) {
                return written;
            }
        }
        return store.saveCharter(next);
    }
}
