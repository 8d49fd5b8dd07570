package io.interrex.node;

import io.interrex.actors.log.GroupLog;
import io.interrex.actors.node.Board;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.port.EventLog;
import io.interrex.cluster.supervision.LeaderPlacement;
import io.interrex.config.ClusterConfig;
import io.interrex.config.NodeConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets the log's leader on this node hand over as {@link LeaderPlacement} says. Used by one thread. */
final class LeaderMover {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderMover.class);

    private final NodeConfig config;
    private final Supplier<ClusterConfig> file;
    private final Board board;
    private final Predicate<String> inReach;
    private LeaderPlacement placement = LeaderPlacement.start(nowMs());

    /**
     * @param file as the node runs with it
     * @param inReach whether the voter of a seat is
     */
    LeaderMover(NodeConfig config, Supplier<ClusterConfig> file, Board board, Predicate<String> inReach) {
        this.config = config;
        this.file = file;
        this.board = board;
        this.inReach = inReach;
    }

    void look(EventLog log, EventLog.Health health) {
        if (!health.leader().equals(config.handsName()) || !health.writable()) {
            return;
        }
        var groups = new ArrayList<GroupState>();
        var configured = config.cluster().groups().keySet();
        for (String name : configured) {
            GroupLog.Update update = board.group(name);
            GroupState state = update == null ? null : update.state();
            if (state != null) {
                groups.add(state);
            }
        }
        // members have the names of nodes, voters those of seats
        SortedMap<String, String> seats = file.get().seats();
        var reachable = new HashSet<String>();
        var seatsByNode = new HashMap<String, String>();
        seats.forEach((seat, node) -> {
            seatsByNode.put(node, seat);
            if (inReach.test(seat)) {
                reachable.add(node);
            }
        });
        var verdict = placement.judge(
                new LeaderPlacement.Look(
                        config.name(), List.copyOf(seats.values()), reachable, groups, configured.size()),
                nowMs());
        placement = verdict.next();
        verdict.target().map(node -> seatsByNode.getOrDefault(node, node)).ifPresent(target -> {
            LOG.info("the log's leader leaves the host of a primary: {} hands over to {}", config.name(), target);
            log.transferLeadership(target)
                    .whenComplete((outcome, failure) -> LOG.info(
                            "handing over the log to {}: {}", target, failure == null ? outcome : failure.toString()));
        });
    }

    private static long nowMs() {
        return System.nanoTime() / 1_000_000;
    }
}
