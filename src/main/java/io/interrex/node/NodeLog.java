package io.interrex.node;

import com.typesafe.config.ConfigFactory;
import io.interrex.cluster.port.EventLog;
import io.interrex.cluster.port.EventLog.Health;
import io.interrex.config.ClusterConfig;
import io.interrex.config.NodeConfig;
import io.interrex.persistence.LogGroupJournal;
import io.interrex.persistence.codec.EventCodec;
import io.interrex.persistence.ratis.RatisEventLog;
import io.interrex.persistence.ratis.RatisSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** This node's part of the event log: a voter's replica, or a client of them. Asks once a second how it is. */
final class NodeLog {

    private static final long HEALTH_EVERY_MS = 1000;

    private final NodeConfig config;
    private final LateJournal journal;
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("log-health").factory());
    private volatile Health health = new Health("", 0, false, "not up yet");
    private volatile @Nullable RatisEventLog log;

    NodeLog(NodeConfig config, LateJournal journal) {
        this.config = config;
        this.journal = journal;
    }

    /** By which the log of a generation is known among the voters. */
    static String name(String cluster, int generation) {
        return generation == 1 ? cluster : cluster + "/generation-" + generation;
    }

    void start(OwnVoter voter, LeaderMover mover) throws IOException {
        ClusterConfig cluster = config.cluster();
        Map<String, String> voters = addresses(cluster);
        Path storage = voter.runningLog();
        RatisSettings settings = storage == null
                ? RatisSettings.client(config.handsName(), voters)
                : RatisSettings.voter(config.handsName(), voters, storage);
        RatisEventLog started = RatisEventLog.start(settings.withCluster(name(cluster.name(), voter.generation()))
                .withProfile(ConfigFactory.load(), cluster.profile()));
        log = started;
        var groups = new LogGroupJournal(
                started,
                new EventCodec(),
                new LogGroupJournal.Writer(System::currentTimeMillis, System::nanoTime, config.name()));
        LogBeginning beginning = voter.beginning(started, groups);
        if (beginning == null) {
            journal.ready(groups);
        } else {
            Thread.ofPlatform().daemon().name("log-beginning").start(() -> {
                beginning.await();
                journal.ready(groups);
            });
        }
        var look = new HealthLook(started, seen -> {
            health = seen;
            mover.look(started, seen);
        });
        looks.scheduleWithFixedDelay(look, 0, HEALTH_EVERY_MS, TimeUnit.MILLISECONDS);
    }

    private static Map<String, String> addresses(ClusterConfig file) {
        var voters = new TreeMap<String, String>();
        file.nodes().values().stream()
                .filter(ClusterConfig.Node::voter)
                .forEach(node ->
                        voters.put(node.seat(), node.host() + ":" + node.ports().log()));
        return voters;
    }

    /** The nodes of a file that was read again have the voters' seats from now on. */
    void use(ClusterConfig file) {
        RatisEventLog running = log;
        if (running != null) {
            running.use(addresses(file));
        }
    }

    /** A node can be reached again: as far as anybody knows it is another process than before. */
    void up(String node) {
        RatisEventLog running = log;
        if (running != null) {
            running.reconnect(node);
        }
    }

    /** This node's disk takes part in the log, in place of the one that its voter had before; blocks. */
    void join(Path storage, UUID disk) throws IOException {
        RatisEventLog running = log;
        if (running == null) {
            throw new IOException("the log is not up yet");
        }
        running.join(storage, disk);
    }

    Health health() {
        return health;
    }

    synchronized void close() {
        looks.shutdownNow();
        EventLog up = log;
        if (up != null) {
            up.close();
        }
    }
}
