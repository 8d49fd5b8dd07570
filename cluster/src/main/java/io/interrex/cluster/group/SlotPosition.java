package io.interrex.cluster.group;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.settings.PermanentSlot;

/**
 * A logical slot as the log knows it.
 *
 * @param epoch the reign of the primary that made it, with {@code member}
 * @param at where its stream begins
 * @param lost its stream has a gap before that
 */
public record SlotPosition(PermanentSlot slot, long epoch, String member, Lsn at, boolean lost) {}
