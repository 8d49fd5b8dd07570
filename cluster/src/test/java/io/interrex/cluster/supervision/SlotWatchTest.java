package io.interrex.cluster.supervision;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.format.Format;
import io.interrex.cluster.group.GroupCommand.ReportGreyFailure;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.group.Troubles.GreyFailure;
import io.interrex.cluster.port.Slot;
import io.interrex.cluster.settings.PermanentSlot;
import io.interrex.cluster.settings.PermanentSlot.Kind;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Of a member's slots it is told")
final class SlotWatchTest {

    private static List<Slot> slots(String state, long kept, long left) {
        var slot = new PermanentSlot("keep", Kind.PHYSICAL, "", "");
        return List.of(new Slot(slot, false, new Lsn(1), Lsn.ZERO, state, kept, left, true, 1, Lsn.ZERO));
    }

    private static String told(GroupState group, List<Slot> slots) {
        return SlotWatch.reports(Groups.STAMP, group, "a", slots).stream()
                .filter(ReportGreyFailure::present)
                .map(report -> report.failure().name())
                .collect(Collectors.joining(" "));
    }

    @ParameterizedTest(name = "{0}, {1} kept and {2} left, told already: {3} => {4}")
    @CsvSource({
        "reserved, 10, -1, false, ''",
        "extended, 3000, 1000, false, ''",
        "extended, 3001, 1000, false, SLOT_BEHIND",
        "extended, 1001, 1000, true, SLOT_BEHIND",
        "extended, 1000, 1000, true, SLOT_BEHIND",
        "extended, 999, 1000, true, ''",
        "unreserved, 10, -1, false, SLOT_BEHIND",
        "lost, 0, -1, false, SLOT_LOST",
        "lost, 0, -1, true, SLOT_LOST",
        "'', 0, -1, true, ''",
    })
    void told(String state, long kept, long left, boolean before, String expected) {
        GroupState group = Groups.steady();
        GroupState known = before
                ? Groups.after(
                        group,
                        new GroupEvent.GreyFailureChanged(
                                1, RuleId.SLOT_BEHIND, "a", GreyFailure.SLOT_BEHIND, true, "b", "keep"))
                : group;
        assertEquals(expected, told(known, slots(state, kept, left)));
    }

    @Test
    @DisplayName("nothing where the log holds no such thing yet")
    void older() {
        assertEquals("", told(Groups.inFormat(Format.FIRST, Groups.steady()), slots("lost", 0, -1)));
    }
}
