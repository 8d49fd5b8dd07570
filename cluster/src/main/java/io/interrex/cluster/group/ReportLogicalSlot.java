package io.interrex.cluster.group;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.format.Since;
import io.interrex.cluster.settings.PermanentSlot;
import org.jspecify.annotations.Nullable;

/**
 * A logical slot that the primary has.
 *
 * @param at where its stream begins
 * @param known how far its consumer had confirmed on the primary before; null: not known
 */
@Since(7)
public record ReportLogicalSlot(
        Stamp stamp,
        long epoch,
        String member,
        PermanentSlot slot,
        Lsn at,
        @Nullable Lsn known) implements GroupCommand.OfOneSlot {}
