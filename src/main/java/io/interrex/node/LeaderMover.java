package io.interrex.node;

import io.interrex.actors.log.GroupLog;
import io.interrex.actors.node.Board;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.port.EventLog;
import io.interrex.cluster.supervision.LeaderPlacement;
import io.interrex.config.NodeConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets the log's leader on this node hand over as {@link LeaderPlacement} says. Used by one thread. */
final class LeaderMover {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderMover.class);

    private final NodeConfig config;
    private final Board board;
    private final Predicate<String> inReach;
    private LeaderPlacement placement = LeaderPlacement.start(nowMs());

    LeaderMover(NodeConfig config, Board board, Predicate<String> inReach) {
        this.config = config;
        this.board = board;
        this.inReach = inReach;
    }

    void look(EventLog log, EventLog.Health health) {
        if (!health.leader().equals(config.name()) || !health.writable()) {
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
        var voters = config.cluster().voters();
        var reachable = new HashSet<>(voters);
        reachable.removeIf(voter -> !inReach.test(voter));
        var verdict = placement.judge(
                new LeaderPlacement.Look(config.name(), voters, reachable, groups, configured.size()), nowMs());
        placement = verdict.next();
        verdict.target().ifPresent(target -> {
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
