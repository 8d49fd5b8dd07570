package io.interrex.cluster.member;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.port.Database.Upstream;
import java.util.SortedSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One thing that an agent does next. Idempotent; its outcome is folded into {@link Progress}. */
public sealed interface Step {

    record Initialise() implements Step {}

    record StartStandby(@Nullable Upstream upstream) implements Step {}

    record StartPrimary(SyncSet syncSet) implements Step {}

    record Follow(Upstream upstream) implements Step {}

    record Detach(long epoch) implements Step {}

    record Promote(long epoch, SyncSet syncSet) implements Step {}

    record WriteMarker(long epoch, UUID uuid) implements Step {}

    record ApplySyncSet(SyncSet syncSet) implements Step {}

    /** Looks which members have flushed that far; asked again until enough have. */
    record CheckFlushed(Lsn lsn, SortedSet<String> members) implements Step {}

    record EnsureSlots(SortedSet<String> members) implements Step {}

    record Checkpoint(UUID operation) implements Step {}

    /** Let pg_hba.conf admit clients; the gate still decides. */
    record Admit() implements Step {}

    /** A clean stop with a shutdown checkpoint, gate closed before. */
    record StopClean(String why) implements Step {}

    record Rewind(Upstream upstream) implements Step {}

    record Clone(Upstream upstream) implements Step {}

    /**
     * Close the gate and kill the whole tree; goes before anything that runs.
     *
     * @param hung it is killed because it does not answer, which counts as a crash
     */
    record Kill(String why, boolean hung) implements Step {
        Kill(String why) {
            this(why, false);
        }
    }

    /** Tell all voters that the lease of that epoch is given back; the promise never to renew it is on disk. */
    record Release(long epoch) implements Step {}

    record Submit(GroupCommand command) implements Step {}
}
