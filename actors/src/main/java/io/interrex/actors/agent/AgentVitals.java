package io.interrex.actors.agent;

import io.interrex.cluster.port.Slot;
import io.interrex.cluster.port.Vitals;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows what was last seen of what wears out slowly, and looks again every few seconds; one look at a time, so that one that never
 * ends is the last: what was seen before it is no knowledge any more after {@link #OLD_AFTER_LOOKS} times that. All times are monotonic, in ns.
 */
final class AgentVitals {

    private static final Logger LOG = LoggerFactory.getLogger(AgentVitals.class);
    private static final int OLD_AFTER_LOOKS = 5;
    private static final long EVERY_MIN_NS = 2_000_000_000L;

    private final Supplier<CompletionStage<Vitals>> read;
    private final long everyNs;
    private volatile Vitals last = Vitals.UNKNOWN;
    private final AtomicReference<@Nullable Vitals> news = new AtomicReference<>();
    private volatile boolean looking;
    private boolean looked;
    private long lookedNs;

    AgentVitals(Supplier<CompletionStage<Vitals>> read, Duration renewEvery) {
        this.read = read;
        this.everyNs = Math.max(EVERY_MIN_NS, 5 * renewEvery.toNanos());
    }

    /** Begins to look where it is time to. @return the slots that a look at the server has shown since the last call; null: none has */
    @Nullable
    List<Slot> tick(long now) {
        Vitals seen = news.getAndSet(null);
        if (!looking && (!looked || now - lookedNs >= everyNs)) {
            look(now);
        }
        return seen == null || seen.slotsMax() <= 0 ? null : seen.slots();
    }

    private void look(long now) {
        looking = true;
        looked = true;
        lookedNs = now;
        read.get().whenComplete((vitals, failure) -> {
            if (vitals == null) {
                LOG.warn("the disks of this host cannot be looked at", failure);
            }
            last = vitals == null ? Vitals.UNKNOWN : vitals;
            news.set(vitals);
            looking = false;
        });
    }

    /** A disk that hangs gives no answer: what it said long ago is not told as if it held now. */
    Vitals last(long now) {
        return looking && now - lookedNs > OLD_AFTER_LOOKS * everyNs ? Vitals.UNKNOWN : last;
    }
}
