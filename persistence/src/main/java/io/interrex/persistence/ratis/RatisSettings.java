package io.interrex.persistence.ratis;

import com.typesafe.config.Config;
import io.interrex.cluster.settings.Profile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an event log on Ratis needs to know.
 *
 * @param cluster names the log; nodes of another cluster are refused
 * @param node this node's name
 * @param voters name → {@code host:port} of every voter, the same on all nodes
 * @param storage directory of this voter's log; null on a node whose voter takes no part, or that has none
 * @param attemptTimeout one request to one voter; after it the next voter is asked
 * @param operationTimeout all attempts together; after it the outcome is unknown
 * @param electionTimeoutMin a follower that heard nothing of a leader for a random time from here …
 * @param electionTimeoutMax … to here, asks to be elected. A third of it passes between two heartbeats
 * @param snapshotEvery log entries between two snapshots
 * @param snapshotBytes size of events since the last snapshot, all held in memory, that triggers another
 * @param segmentBytes size of one file of the Raft log
 * @param appendBytesMax the largest append
 * @param reserveBytes size of the file that is given up when the disk is full
 */
public record RatisSettings(
        String cluster,
        String node,
        SortedMap<String, String> voters,
        @Nullable Path storage,
        Duration attemptTimeout,
        Duration operationTimeout,
        Duration electionTimeoutMin,
        Duration electionTimeoutMax,
        long snapshotEvery,
        long snapshotBytes,
        long segmentBytes,
        int appendBytesMax,
        long reserveBytes) {

    public RatisSettings {
        voters = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(voters));
        if (voters.isEmpty()) {
            throw new IllegalArgumentException("the event log needs at least one voter");
        }
        if (storage != null && !voters.containsKey(node)) {
            throw new IllegalArgumentException("'" + node + "' is no voter, and keeps no log");
        }
        if (operationTimeout.compareTo(attemptTimeout.multipliedBy(3)) < 0) {
            throw new IllegalArgumentException("operation timeout " + operationTimeout.toMillis()
                    + " ms must be at least three attempts of " + attemptTimeout.toMillis() + " ms");
        }
        if (electionTimeoutMax.compareTo(electionTimeoutMin) <= 0) {
            throw new IllegalArgumentException("election timeout: max " + electionTimeoutMax.toMillis()
                    + " ms must be above min " + electionTimeoutMin.toMillis() + " ms");
        }
    }

    /** For a voter that keeps its log in {@code storage}. */
    public static RatisSettings voter(String node, Map<String, String> voters, Path storage) {
        return defaults(node, voters, storage);
    }

    /** For a node without a voter, or whose voter takes no part: it writes, reads and follows over the network. */
    public static RatisSettings client(String node, Map<String, String> voters) {
        return defaults(node, voters, null);
    }

    private static RatisSettings defaults(String node, Map<String, String> voters, @Nullable Path storage) {
        return new RatisSettings(
                "interrex",
                node,
                new TreeMap<>(voters),
                storage,
                Duration.ofMillis(300),
                Duration.ofMillis(2000),
                Duration.ofMillis(300),
                Duration.ofMillis(600),
                2048,
                4L << 20,
                4L << 20,
                512 << 10,
                64L << 20);
    }

    public boolean isVoter() {
        return storage != null;
    }

    public RatisSettings withCluster(String name) {
        Draft draft = new Draft(this);
        draft.cluster = name;
        return draft.made();
    }

    public RatisSettings withElectionTimeout(Duration min, Duration max) {
        Draft draft = new Draft(this);
        draft.electionTimeoutMin = min;
        draft.electionTimeoutMax = max;
        return draft.made();
    }

    /** With the voters elsewhere: the same ones. */
    RatisSettings at(Map<String, String> addresses) {
        if (!addresses.keySet().equals(voters.keySet())) {
            throw new IllegalArgumentException("the voters are " + voters.keySet() + ", not " + addresses.keySet());
        }
        Draft draft = new Draft(this);
        draft.voters = new TreeMap<>(addresses);
        return draft.made();
    }

    /** With everything of {@code other} but who this is, and where its log is kept. */
    RatisSettings like(RatisSettings other) {
        Draft draft = new Draft(this);
        draft.cluster = other.cluster;
        draft.attemptTimeout = other.attemptTimeout;
        draft.operationTimeout = other.operationTimeout;
        draft.electionTimeoutMin = other.electionTimeoutMin;
        draft.electionTimeoutMax = other.electionTimeoutMax;
        draft.snapshotEvery = other.snapshotEvery;
        draft.reserveBytes = other.reserveBytes;
        return draft.made();
    }

    /** How long the log waits for the network of a profile, from {@code interrex.log.timings} of reference.conf. */
    public RatisSettings withProfile(Config config, Profile profile) {
        Config timings = config.getConfig("interrex.log.timings." + profile.key());
        Draft draft = new Draft(this);
        draft.attemptTimeout = timings.getDuration("attempt-max");
        draft.operationTimeout = timings.getDuration("operation-max");
        draft.electionTimeoutMin = timings.getDuration("election-min");
        draft.electionTimeoutMax = timings.getDuration("election-max");
        return draft.made();
    }

    public RatisSettings withSnapshotEvery(long entries) {
        Draft draft = new Draft(this);
        draft.snapshotEvery = entries;
        return draft.made();
    }

    public RatisSettings withReserve(long bytes) {
        Draft draft = new Draft(this);
        draft.reserveBytes = bytes;
        return draft.made();
    }

    /** The one place that copies all of it, for the {@code with} methods. */
    private static final class Draft {
        private String cluster;
        private final String node;
        private SortedMap<String, String> voters;
        private final @Nullable Path storage;
        private Duration attemptTimeout;
        private Duration operationTimeout;
        private Duration electionTimeoutMin;
        private Duration electionTimeoutMax;
        private long snapshotEvery;
        private final long snapshotBytes;
        private final long segmentBytes;
        private final int appendBytesMax;
        private long reserveBytes;

        Draft(RatisSettings from) {
            cluster = from.cluster;
            node = from.node;
            voters = from.voters;
            storage = from.storage;
            attemptTimeout = from.attemptTimeout;
            operationTimeout = from.operationTimeout;
            electionTimeoutMin = from.electionTimeoutMin;
            electionTimeoutMax = from.electionTimeoutMax;
            snapshotEvery = from.snapshotEvery;
            snapshotBytes = from.snapshotBytes;
            segmentBytes = from.segmentBytes;
            appendBytesMax = from.appendBytesMax;
            reserveBytes = from.reserveBytes;
        }

        RatisSettings made() {
            return new RatisSettings(
                    cluster,
                    node,
                    voters,
                    storage,
                    attemptTimeout,
                    operationTimeout,
                    electionTimeoutMin,
                    electionTimeoutMax,
                    snapshotEvery,
                    snapshotBytes,
                    segmentBytes,
                    appendBytesMax,
                    reserveBytes);
        }
    }
}
