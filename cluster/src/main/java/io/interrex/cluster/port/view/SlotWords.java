package io.interrex.cluster.port.view;

import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.group.SlotEvent;
import io.interrex.cluster.group.SlotPosition;
import io.interrex.cluster.group.Troubles.GreyFailure;
import java.util.List;

/** Words for what concerns slots. */
final class SlotWords {

    private SlotWords() {}

    static String sentence(SlotEvent event) {
        return switch (event) {
            case SlotEvent.LogicalSlotMade e ->
                "slot %s (%s) begins at %s on %s"
                        .formatted(e.slot().name(), e.slot().words(), e.at(), e.member());
            case SlotEvent.SlotPositionLost e -> "ALARM: " + gap(e);
        };
    }

    static String gap(SlotEvent.SlotPositionLost e) {
        return "slot %s was made anew on %s: what was committed between %s and %s is not in its stream"
                .formatted(
                        e.slot().name(),
                        e.member(),
                        e.from() == null ? "a position that nobody here knows" : e.from(),
                        e.to());
    }

    static String grey(GroupEvent.GreyFailureChanged e) {
        if (e.failure() == GreyFailure.SLOT_LOST) {
            return e.present() ? "has a slot that lost its WAL" : "has no slot any more that lost its WAL";
        }
        return e.present()
                ? "has a slot that is about to lose its WAL"
                : "has no slot any more that is about to lose its WAL";
    }

    /** For as long as the reign lasts that made them anew, and until it has. */
    static void alarms(GroupState state, List<String> alarms) {
        state.upkeep().slots().values().stream()
                .filter(slot -> slot.epoch() < state.epoch() && state.phase() == GroupState.Phase.ESTABLISHED)
                .forEach(slot -> alarms.add(
                        "slot %s lost its position with the primary before, and is not made anew on %s yet: see 'interrex status' for what it waits for"
                                .formatted(slot.slot().name(), state.primary())));
        state.upkeep().slots().values().stream()
                .filter(slot -> slot.lost() && slot.epoch() == state.epoch())
                .forEach(slot -> alarms.add(RuleId.SLOT_POSITION_LOST.label() + ": " + alarm(slot)));
    }

    private static String alarm(SlotPosition lost) {
        return "slot %s was made anew on %s at %s, and its stream has a gap before that (the events say from where): copy its consumer's data anew"
                .formatted(lost.slot().name(), lost.member(), lost.at());
    }
}
