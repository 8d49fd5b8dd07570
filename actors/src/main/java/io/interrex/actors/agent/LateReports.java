package io.interrex.actors.agent;

import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.port.Outcome;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what happened while the log was away until the log has taken it, in order; the oldest few, if it stays away. */
final class LateReports {

    private static final Logger LOG = LoggerFactory.getLogger(LateReports.class);
    private static final int KEPT = 20;

    private final Queue<GroupCommand> open = new ArrayBlockingQueue<>(KEPT);
    private final AtomicBoolean underWay = new AtomicBoolean();
    private final long everyNs;
    private long triedNs;

    LateReports(long everyNs) {
        this.everyNs = everyNs;
    }

    void add(GroupCommand report) {
        if (!open.offer(report)) {
            LOG.warn("too many reports wait for the log, this one is not kept: {}", report);
        }
    }

    /** @param submit gives unknown where the log did not answer; anything else is its answer */
    void tick(long nowNs, Function<GroupCommand, CompletionStage<Outcome<Object>>> submit) {
        GroupCommand next = open.peek();
        if (next == null || nowNs - triedNs < everyNs || !underWay.compareAndSet(false, true)) {
            return;
        }
        triedNs = nowNs;
        submit.apply(next).whenComplete((outcome, failure) -> {
            if (outcome != null && !(outcome instanceof Outcome.Unknown<Object>)) {
                open.remove(next);
            }
            underWay.set(false);
        });
    }
}
