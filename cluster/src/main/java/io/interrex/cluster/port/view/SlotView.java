package io.interrex.cluster.port.view;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.SlotPosition;
import io.interrex.cluster.port.Slot;
import io.interrex.cluster.settings.PermanentSlot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A replication slot that is no member's, as a node sees it.
 *
 * @param permanent the settings name it, and Interrex keeps it
 * @param lostByFailover a new primary makes it anew, and what its consumer did not take is not in the stream
 * @param since where the stream of a logical one begins, as the log says; null: the log knows of none
 * @param gap it was made anew, and its stream has a gap before that
 * @param on the members that have it, as they said lately
 */
public record SlotView(
        String name,
        String type,
        String database,
        String plugin,
        boolean permanent,
        boolean lostByFailover,
        @Nullable String since,
        boolean gap,
        List<Copy> on) {

    /**
     * @param position where WAL is kept from; of a logical one, how far its consumer has confirmed
     * @param covers taking over, this member has all WAL that the slot's consumer needs
     */
    public record Copy(
            String member,
            String position,
            boolean active,
            String state,
            long keptBytes,
            long leftBytes,
            boolean covers) {}

    /** @param there by member, as it said lately */
    static List<SlotView> of(GroupState state, Map<String, List<Slot>> there) {
        var views = new ArrayList<SlotView>();
        for (PermanentSlot slot : state.settings().slots()) {
            SlotPosition known = state.upkeep().slots().get(slot.name());
            views.add(view(state, slot, true, known, there));
        }
        there.values().stream()
                .flatMap(List::stream)
                .map(Slot::slot)
                .filter(slot -> !state.settings().slots().contains(slot))
                .distinct()
                .forEach(slot -> views.add(view(state, slot, false, null, there)));
        return List.copyOf(views);
    }

    private static SlotView view(
            GroupState state,
            PermanentSlot slot,
            boolean permanent,
            @Nullable SlotPosition known,
            Map<String, List<Slot>> there) {
        var on = new ArrayList<Copy>();
        Lsn primary = there.getOrDefault(String.valueOf(state.primary()), List.of()).stream()
                .filter(seen -> seen.slot().equals(slot))
                .map(Slot::restart)
                .findFirst()
                .orElse(Lsn.ZERO);
        there.forEach((member, slots) -> slots.stream()
                .filter(seen -> seen.slot().equals(slot))
                .forEach(seen -> on.add(copy(member, member.equals(state.primary()), seen, primary))));
        return new SlotView(
                slot.name(),
                slot.logical() ? "logical" : "physical",
                slot.database(),
                slot.plugin(),
                permanent,
                slot.logical() || !permanent,
                known == null ? null : known.at().toString(),
                known != null && known.lost(),
                List.copyOf(on));
    }

    private static Copy copy(String member, boolean isPrimary, Slot seen, Lsn primary) {
        boolean logical = seen.slot().logical();
        boolean covers = isPrimary
                || !logical
                        && !seen.isLost()
                        && !seen.restart().equals(Lsn.ZERO)
                        && !primary.equals(Lsn.ZERO)
                        && primary.isAtLeast(seen.restart());
        return new Copy(
                member,
                (logical ? seen.confirmed() : seen.restart()).toString(),
                seen.active(),
                seen.state(),
                seen.keptBytes(),
                seen.leftBytes(),
                covers);
    }
}
