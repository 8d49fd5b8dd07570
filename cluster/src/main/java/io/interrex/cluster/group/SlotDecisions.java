package io.interrex.cluster.group;

import io.interrex.cluster.group.GroupState.Phase;
import io.interrex.cluster.group.SlotEvent.LogicalSlotMade;
import io.interrex.cluster.group.SlotEvent.SlotPositionLost;
import io.interrex.cluster.settings.PermanentSlot;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Decides what is recorded of logical slots, and whether a person has to say first that their positions may be lost. */
final class SlotDecisions {

    private SlotDecisions() {}

    static Decision made(GroupState state, ReportLogicalSlot c) {
        boolean current = c.epoch() == state.epoch()
                && state.phase() == Phase.ESTABLISHED
                && c.member().equals(state.primary());
        if (!current) {
            return Decision.refuse(RuleId.FAILOVER_STALE, c.member() + " is not the primary of this epoch");
        }
        if (!state.settings().slots().contains(c.slot())) {
            return Decision.refuse(RuleId.ORDER_ALREADY, "the settings do not name this slot");
        }
        SlotPosition before = state.upkeep().slots().get(c.slot().name());
        if (before == null) {
            return Decision.accept(
                    RuleId.SLOT_MADE,
                    "slot %s begins at %s".formatted(c.slot().name(), c.at()),
                    new LogicalSlotMade(state.epoch(), RuleId.SLOT_MADE, c.member(), c.slot(), c.at()));
        }
        if (isSame(before, c)) {
            return Decision.refuse(RuleId.ORDER_ALREADY, "this slot is recorded");
        }
        return Decision.accept(
                RuleId.SLOT_POSITION_LOST,
                "slot %s begins anew at %s".formatted(c.slot().name(), c.at()),
                new SlotPositionLost(
                        state.epoch(),
                        RuleId.SLOT_POSITION_LOST,
                        c.member(),
                        c.slot(),
                        c.known(),
                        c.at(),
                        before.epoch()));
    }

    private static boolean isSame(SlotPosition before, ReportLogicalSlot c) {
        return before.epoch() == c.epoch()
                && before.member().equals(c.member())
                && before.at().equals(c.at());
    }

    /** Why another primary may not take over without a person's word for it; null: nothing would be lost. */
    static @Nullable String atStake(GroupState state, boolean confirmed) {
        String slots = state.upkeep().slots().values().stream()
                .map(SlotPosition::slot)
                .filter(state.settings().slots()::contains)
                .map(PermanentSlot::name)
                .collect(Collectors.joining(", "));
        return confirmed || slots.isEmpty()
                ? null
                : "another primary makes the logical slots anew (%s), and what their consumers have not taken by then is not in the streams: stop writing and let them catch up, or copy their data anew afterwards, and order it with --lose-slots"
                        .formatted(slots);
    }
}
