package io.interrex.node;

import io.interrex.cluster.charter.VoterCharter;
import io.interrex.cluster.charter.VoterRecovery;
import io.interrex.cluster.port.Envelope;
import io.interrex.config.ClusterConfig;
import io.interrex.config.ConfigProblems;
import io.interrex.config.NodeConfig;
import io.interrex.persistence.hard.FileHardStore;
import io.interrex.persistence.ratis.LogRecovery;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What the disk of a stopped node knows, and the two things that a person may decide with it where a majority of the voters is lost
 * for good: that the next generation begins with this node's log, or that this node takes part in a generation that began elsewhere.
 * The charter is written last: before that, nothing has happened.
 */
public final class Recovery {

    private static final int ANSWERS_WITHIN_MS = 500;

    /** Why nothing was done, and what the operator can do. */
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String why) {
            super(why);
        }
    }

    private final NodeConfig config;
    private final FileHardStore store;
    private final VoterCharter charter;
    private final int generation;
    private final List<String> log = new ArrayList<>();
    private long epoch;

    private Recovery(NodeConfig config, FileHardStore store, VoterCharter charter, int generation) {
        this.config = config;
        this.store = store;
        this.charter = charter;
        this.generation = generation;
    }

    /** Looks at the disk of this node, which must not run. */
    public static Recovery look(NodeConfig config) throws IOException, ConfigProblems, Refused {
        Path promises = config.directories().state().resolve("promises");
        if (!Files.isDirectory(promises)) {
            throw new Refused(
                    "node %s has nothing in %s: start it, its member is cloned, and it takes part where all others let it"
                            .formatted(config.name(), promises));
        }
        requireStopped(config);
        var store = new FileHardStore(promises);
        VoterCharter charter = OwnMember.orRefuse(config, store.loadCharter());
        var recovery = new Recovery(config, store, charter, Math.max(1, charter.generation()));
        recovery.readPromises();
        recovery.readLog();
        return recovery;
    }

    static void requireStopped(NodeConfig config) throws Refused {
        ClusterConfig.Node self = config.self();
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(
                    InetAddress.getByName(self.host()), self.ports().hands()));
        } catch (IOException e) {
            throw new Refused("the port %s:%d of node %s is not free (%s): stop the node, and run this on its own host"
                    .formatted(self.host(), self.ports().hands(), self.name(), e.getMessage()));
        }
    }

    private void readPromises() throws ConfigProblems {
        for (ClusterConfig.Group group : config.cluster().groups().values()) {
            sawEpoch(OwnMember.orRefuse(config, store.loadMember(group.name())).maxEpoch());
        }
        OwnMember.orRefuse(config, store.loadVoter()).maxEpochs().values().forEach(this::sawEpoch);
        sawEpoch(OwnMember.orRefuse(config, store.loadRecovery()).epoch());
    }

    private void sawEpoch(long seen) {
        epoch = Math.max(epoch, seen);
    }

    private Path logDirectory() {
        return OwnVoter.logDirectory(config, generation);
    }

    private void readLog() throws IOException {
        if (!Files.isDirectory(logDirectory().resolve("raft"))) {
            return;
        }
        try (LogRecovery found =
                LogRecovery.read(logDirectory(), NodeLog.name(config.cluster().name(), generation))) {
            for (var stream : found.lastVersions().entrySet()) {
                Envelope last = null;
                for (long version = 1; version <= stream.getValue(); version = last.version() + 1) {
                    for (Envelope event : found.events(stream.getKey(), version)) {
                        sawEpoch(event.epoch());
                        last = event;
                    }
                    if (last == null) {
                        break;
                    }
                }
                if (last != null) {
                    log.add("%s: %d events, the last is %s of epoch %d, written by %s at %s"
                            .formatted(
                                    stream.getKey(),
                                    last.version(),
                                    last.name(),
                                    last.epoch(),
                                    last.node(),
                                    Instant.ofEpochMilli(last.wallMs())));
                }
            }
        }
    }

    /** What there is on this disk, in lines for a person. */
    public List<String> told() {
        var lines = new ArrayList<String>();
        lines.add("Node %s of cluster %s is of generation %d of the voters%s. The file says generation %d: %s."
                .formatted(
                        config.name(),
                        config.cluster().name(),
                        generation,
                        charter.known() ? " (" + String.join(", ", charter.voters()) + ")" : "",
                        config.cluster().generation(),
                        String.join(", ", config.cluster().voters())));
        lines.add("The highest epoch that it knows or has promised is %d.".formatted(epoch));
        if (log.isEmpty()) {
            lines.add("It has no copy of the event log, so no generation can begin with it.");
        } else {
            lines.add("Its copy of the event log ends so; another voter's copy may end later:");
            log.forEach(line -> lines.add("  " + line));
        }
        return lines;
    }

    /** The seats of this generation but the one that this disk has: the file of the next may name that otherwise. */
    private List<String> givenUp() throws Refused {
        String own;
        try {
            own = LogRecovery.voter(logDirectory(), config.handsName());
        } catch (IOException e) {
            throw new Refused("whose seat this disk has cannot be read: " + e.getMessage());
        }
        return charter.voters().stream().filter(voter -> !voter.equals(own)).toList();
    }

    /** The epoch with which a generation begins here, at least. */
    public long nextEpoch() {
        return epoch + 1;
    }

    /** The next generation begins with this node's log. */
    public void begin(long fromEpoch, String actor, String reason) throws Refused, ConfigProblems {
        int next = config.cluster().generation();
        boolean again = next == generation && charter.survivor() && !charter.founded();
        if (!again && next != generation + 1) {
            throw new Refused(
                    "the file says generation %d: write cluster.generation = %d, and who its voters are, into the file of all nodes first"
                            .formatted(next, generation + 1));
        }
        if (!config.self().voter()) {
            throw new Refused(
                    "the file gives node %s no voter, and the log begins where one is".formatted(config.name()));
        }
        if (!again && (log.isEmpty() || charter.known() && !charter.founded())) {
            throw new Refused("node %s has no log of generation %d that a generation could begin with"
                    .formatted(config.name(), generation));
        }
        if (fromEpoch < nextEpoch()) {
            throw new Refused("epoch %d is too low: this node knows of epoch %d".formatted(fromEpoch, epoch));
        }
        requireAlone();
        String known = again
                ? OwnMember.orRefuse(config, store.loadRecovery()).known()
                : "its copy of the log ended with " + String.join("; ", log);
        List<String> lost =
                again ? OwnMember.orRefuse(config, store.loadRecovery()).lost() : givenUp();
        OwnMember.orRefuse(config, store.saveRecovery(new VoterRecovery(next, fromEpoch, lost, actor, reason, known)));
        if (!again) {
            OwnMember.orRefuse(
                    config,
                    store.saveCharter(
                            VoterCharter.survivor(next, config.cluster().voters(), UUID.randomUUID())));
        }
    }

    /** A node that runs could be of the generation before: it grants, and writes into the old log. */
    private void requireAlone() throws Refused {
        for (ClusterConfig.Node peer : config.peers()) {
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress(peer.host(), peer.ports().hands()), ANSWERS_WITHIN_MS);
            } catch (IOException silent) {
                continue;
            }
            throw new Refused(
                    "node %s runs at %s: stop every node, or cut it off for good, before its voters are given up"
                            .formatted(peer.name(), peer.host()));
        }
    }

    /**
     * This node takes part in the generation of the file with what it has.
     *
     * @param fromEpoch with which that generation begins, as it was told on the survivor
     */
    public void join(long fromEpoch) throws Refused, ConfigProblems {
        int next = config.cluster().generation();
        if (next <= generation) {
            throw new Refused(
                    "the file says generation %d, and this node is of generation %d: write the new one into the file"
                            .formatted(next, generation));
        }
        if (epoch >= fromEpoch) {
            throw new Refused(
                    "this node knows of epoch %d, and the generation begins with %d: run 'interrex recover --new-voters' again on the node that it begins with, with --epoch %d, before anything is started"
                            .formatted(epoch, fromEpoch, nextEpoch()));
        }
        OwnMember.orRefuse(
                config,
                store.saveCharter(VoterCharter.first(next, config.cluster().voters(), UUID.randomUUID())));
    }
}
