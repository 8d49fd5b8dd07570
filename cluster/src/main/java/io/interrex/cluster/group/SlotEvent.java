package io.interrex.cluster.group;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.format.Since;
import io.interrex.cluster.settings.PermanentSlot;
import org.jspecify.annotations.Nullable;

/** What is recorded of logical slots: where the streams of changes begin. */
public sealed interface SlotEvent extends GroupEvent.OfOneMember {

    /** That slot is on the primary, and gives out what is committed after {@code at}. */
    @Since(7)
    record LogicalSlotMade(long epoch, RuleId rule, String member, PermanentSlot slot, Lsn at) implements SlotEvent {}

    /**
     * The slot was made anew, on another primary, or because it was gone: what was committed after {@code from} and before {@code to}
     * is not in its stream.
     *
     * @param from how far its consumer had confirmed, as the new primary heard last; null: it does not know
     * @param fromEpoch the reign in which it was made before
     */
    @Since(7)
    record SlotPositionLost(
            long epoch,
            RuleId rule,
            String member,
            PermanentSlot slot,
            @Nullable Lsn from,
            Lsn to,
            long fromEpoch) implements SlotEvent {}
}
