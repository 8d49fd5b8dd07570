package io.interrex.cluster.supervision;

import io.interrex.cluster.group.GroupCommand.ReportGreyFailure;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Troubles.GreyFailure;
import io.interrex.cluster.port.Slot;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Says of a member's slots whether one has lost WAL, or is about to. */
final class SlotWatch {

    private SlotWatch() {}

    /** Nothing where the log holds no such thing yet. */
    static List<ReportGreyFailure> reports(Stamp stamp, GroupState group, String member, List<Slot> slots) {
        if (!group.upkeep().knows(GreyFailure.SLOT_LOST)) {
            return List.of();
        }
        boolean told = group.troubles().has(GreyFailure.SLOT_BEHIND, member);
        Predicate<Slot> behind = told ? slot -> !slot.isFarFromLost() && !slot.isLost() : Slot::isNearlyLost;
        return List.of(
                report(stamp, member, GreyFailure.SLOT_LOST, slots, Slot::isLost),
                report(stamp, member, GreyFailure.SLOT_BEHIND, slots, behind));
    }

    private static ReportGreyFailure report(
            Stamp stamp, String member, GreyFailure failure, List<Slot> slots, Predicate<Slot> which) {
        String words = slots.stream()
                .filter(which)
                .map(slot -> "%s (%d MiB)".formatted(slot.name(), slot.keptBytes() >> 20))
                .collect(Collectors.joining(", "));
        String what = failure == GreyFailure.SLOT_LOST
                ? "the WAL is gone of slot "
                : "nearly all WAL that may be is kept for slot ";
        return new ReportGreyFailure(
                stamp, member, failure, !words.isEmpty(), words.isEmpty() ? "its slots are well" : what + words);
    }
}
