package io.interrex.node;

import io.interrex.actors.log.GroupLog;
import io.interrex.actors.node.Board;
import io.interrex.cluster.port.EventLog;
import io.interrex.cluster.port.view.NodeView;
import io.interrex.config.ClusterConfig;
import io.interrex.config.ClusterConfig.Group;
import io.interrex.config.NodeConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What a node says of itself: whether it does its work, what it waits for, and whom it cannot reach. */
final class OwnState {

    /** An own agent that was not heard of for so long is stuck; longer than any disk that comes back takes. */
    private static final Duration STUCK_AFTER = Duration.ofSeconds(30);

    private final NodeConfig config;
    private final Supplier<ClusterConfig> file;
    private final Board board;
    private final Supplier<EventLog.Health> health;
    private final Supplier<List<String>> away;
    private final LongSupplier voterSilentNs;
    private final LongSupplier nanoTime;
    private final long startedNs;

    /**
     * @param file as it was read last
     * @param away peers that it is not connected to
     * @param voterSilentNs left of the silence of this node's voter after its start; 0 or less: it is over, or there is no voter; or {@link
     *     OwnVoter#NO_PART}
     * @param nanoTime as {@link System#nanoTime()}
     */
    OwnState(
            NodeConfig config,
            Supplier<ClusterConfig> file,
            Board board,
            Supplier<EventLog.Health> health,
            Supplier<List<String>> away,
            LongSupplier voterSilentNs,
            LongSupplier nanoTime) {
        this.config = config;
        this.file = file;
        this.board = board;
        this.health = health;
        this.away = away;
        this.voterSilentNs = voterSilentNs;
        this.nanoTime = nanoTime;
        this.startedNs = nanoTime.getAsLong();
    }

    /** The log's, as people are told of it: who leads it is a node, not the seat that it has. */
    EventLog.Health log() {
        EventLog.Health seen = health.get();
        return new EventLog.Health(
                file.get().nodeOf(seen.leader()), seen.commitIndex(), seen.writable(), seen.detail());
    }

    NodeView view() {
        var waiting = new ArrayList<String>();
        var stuck = new ArrayList<String>();
        EventLog.Health log = log();
        for (String group : config.cluster().groups().keySet()) {
            GroupLog.Update update = board.group(group);
            if (update != null && update.stopped() != null) {
                waiting.add("an event of group %s that it understands: %s".formatted(group, update.stopped()));
            } else if (update == null || !update.readable()) {
                waiting.add("the events of group %s: %s".formatted(group, log.detail()));
            }
        }
        for (Group group : config.memberGroups()) {
            agent(group.name(), waiting, stuck);
        }
        String version = OwnState.class.getPackage().getImplementationVersion();
        return new NodeView(
                config.name(),
                version == null ? "development" : version,
                (nanoTime.getAsLong() - startedNs) / 1_000_000,
                waiting.isEmpty(),
                List.copyOf(waiting),
                voterSilentMs(),
                away.get(),
                List.copyOf(stuck),
                log.leader(),
                log.writable());
    }

    private long voterSilentMs() {
        long leftNs = voterSilentNs.getAsLong();
        return leftNs == OwnVoter.NO_PART ? -1 : Math.ceilDiv(Math.max(0, leftNs), 1_000_000);
    }

    private void agent(String group, List<String> waiting, List<String> stuck) {
        Board.Heard heard = board.statuses(group).get(config.name());
        long now = nanoTime.getAsLong();
        long silentNs = now - (heard == null ? startedNs : heard.atNs());
        if (silentNs > STUCK_AFTER.toNanos()) {
            stuck.add("the agent of group " + group);
        }
        if (heard == null
                || silentNs > 3 * config.cluster().timings().suspectAfter().toNanos()) {
            waiting.add("the agent of group " + group);
        }
    }
}
