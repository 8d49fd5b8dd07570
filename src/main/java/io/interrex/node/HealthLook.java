package io.interrex.node;

import io.interrex.cluster.port.EventLog;
import io.interrex.cluster.port.EventLog.Health;
import io.interrex.cluster.port.Outcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the event log: one that cannot even be asked is not healthy, and the next look comes whatever happens at this. */
final class HealthLook implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(HealthLook.class);

    private final EventLog log;
    private final Consumer<Health> found;
    private boolean answers = true;

    HealthLook(EventLog log, Consumer<Health> found) {
        this.log = log;
        this.found = found;
    }

    @Override
    public void run() {
        ask().whenComplete((outcome, failure) -> take(outcome == null ? Outcome.unknown(failure.toString()) : outcome));
    }

    private CompletionStage<Outcome<Health>> ask() {
        try {
            return log.health();
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private void take(Outcome<Health> outcome) {
        switch (outcome) {
            case Outcome.Done<Health>(var health) -> took(health, true);
            case Outcome.Refused<Health>(var reason) -> took(unhealthy(reason), false);
            case Outcome.Unknown<Health>(var reason) -> took(unhealthy(reason), false);
        }
    }

    private static Health unhealthy(String reason) {
        return new Health("", 0, false, "the log does not answer: " + reason);
    }

    /** Only the change is news. */
    private synchronized void took(Health health, boolean answered) {
        if (answers && !answered) {
            LOG.warn("{}", health.detail());
        } else if (answered && !answers) {
            LOG.info("the log answers again: {}", health.detail());
        }
        answers = answered;
        try {
            found.accept(health);
        } catch (RuntimeException e) {
            LOG.error("what follows from the log's health could not be done; the next look comes", e);
        }
    }
}
