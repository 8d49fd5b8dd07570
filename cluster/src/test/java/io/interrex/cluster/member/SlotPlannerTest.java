package io.interrex.cluster.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.group.MaintenanceTest;
import io.interrex.cluster.group.ReportLogicalSlot;
import io.interrex.cluster.group.SlotDecisionsTest;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.port.Slot;
import io.interrex.cluster.port.SlotPlan;
import io.interrex.cluster.settings.PermanentSlot;
import io.interrex.cluster.settings.PermanentSlot.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings name cdc, logical, and keep, physical; a is the primary. A slot is written NAME@SEGMENT, with * where it is Interrex's own. */
@DisplayName("The slots of a server")
final class SlotPlannerTest {

    private static final long SEGMENT = 16 << 20;

    private static Slot slot(String text, long epoch) {
        boolean own = text.contains("*");
        boolean lost = text.contains("!");
        String[] parts = text.replace("*", "").replace("!", "").split("@");
        boolean logical = parts[0].startsWith("cdc");
        var at = new Lsn(Long.parseLong(parts[1]) * SEGMENT);
        return new Slot(
                logical
                        ? new PermanentSlot(parts[0], Kind.LOGICAL, "app", "pgoutput")
                        : new PermanentSlot(parts[0], Kind.PHYSICAL, "", ""),
                false,
                at,
                logical ? at : Lsn.ZERO,
                lost ? "lost" : "reserved",
                0,
                -1,
                own,
                own ? epoch : 0,
                own && logical ? at : Lsn.ZERO);
    }

    private static List<Slot> slots(String text, long epoch) {
        return Arrays.stream(text.strip().split(" +"))
                .filter(word -> !word.isEmpty() && !word.equals("-"))
                .map(word -> slot(word, epoch))
                .toList();
    }

    private static String words(SlotPlan plan) {
        return "drop %s make %s take %s advance %s"
                .formatted(
                        plan.drop(),
                        plan.make().stream().map(PermanentSlot::name).toList(),
                        plan.take(),
                        plan.advance().keySet());
    }

    @ParameterizedTest(name = "primary with {0} => {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "-                      | drop [] make [cdc, keep] take [] advance []",
                "cdc@3* keep@3*         | nothing",
                "cdc@3* keep@3* old@2*  | drop [old] make [] take [] advance []",
                "cdc@3* keep@3* theirs@2| nothing",
                "cdc@3* keep@3          | drop [] make [] take [keep] advance []",
                "cdc@3  keep@3*         | drop [] make [] take [cdc] advance []",
                "cdc@3* keep@3*!        | nothing",
            })
    void primary(String there, String expected) {
        assertEquals(expected.strip(), plan(SlotDecisionsTest.named(Groups.steady()), "a", Process.PRIMARY, there, ""));
    }

    @ParameterizedTest(name = "standby with {0}, keep of the primary at {1} => {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "-               | 3 | drop [] make [keep] take [] advance []",
                "keep@2*         | 3 | drop [] make [] take [] advance [keep]",
                "keep@3*         | 3 | nothing",
                "keep@4*         | 3 | nothing",
                "keep@2          | 3 | drop [] make [] take [keep] advance []",
                "keep@2*!        | 3 | drop [keep] make [keep] take [] advance []",
                "keep@3* cdc@2*  | 3 | drop [cdc] make [] take [] advance []",
                "keep@3* cdc@2   | 3 | nothing",
                "keep@3* old@1*  | 3 | drop [old] make [] take [] advance []",
                "keep@3* theirs@1| 3 | nothing",
                "keep@2*         | - | nothing",
                "keep@2*         | 0 | drop [keep] make [] take [] advance []",
                "-               | 0 | nothing",
            })
    void standby(String there, String primary, String expected) {
        assertEquals(
                expected.strip(), plan(SlotDecisionsTest.named(Groups.steady()), "b", Process.STANDBY, there, primary));
    }

    private static String plan(GroupState group, String member, Process process, String there, String primary) {
        Map<String, Lsn> onPrimary = primary.isBlank() || primary.equals("-")
                ? Map.of()
                : Map.of("keep", new Lsn(Long.parseLong(primary.strip()) * SEGMENT));
        return SlotPlanner.plan(group, member, process, slots(there, 1), onPrimary)
                .map(SlotPlannerTest::words)
                .orElse("nothing");
    }

    @Test
    @DisplayName(
            "change nowhere while there is no primary, in maintenance, or where the server is not what the log says")
    void left() {
        GroupState group = SlotDecisionsTest.named(Groups.steady());
        assertEquals("nothing", plan(group, "a", Process.STANDBY, "-", ""));
        assertEquals("nothing", plan(group, "a", Process.STOPPED, "-", ""));
        assertEquals("nothing", plan(group, "b", Process.PRIMARY, "-", ""));
        assertEquals("nothing", plan(group, "x", Process.STANDBY, "-", ""));
        assertEquals("nothing", plan(MaintenanceTest.alone(group, "b"), "b", Process.STANDBY, "-", "3"));
        assertEquals("nothing", plan(Groups.started(group), "a", Process.PRIMARY, "-", ""));
        assertEquals("nothing", plan(Groups.started(group), "b", Process.STANDBY, "-", ""));
    }

    @Test
    @DisplayName(
            "of an earlier reign are not read on: a logical one is made anew by the new primary, even where one is left")
    void stale() {
        GroupState next = SlotDecisionsTest.next(SlotDecisionsTest.made(Groups.steady()));
        assertEquals(
                "drop [cdc] make [cdc] take [] advance []", plan(next, "b", Process.PRIMARY, "cdc@3* keep@3*", ""));
        assertEquals("nothing", plan(next, "b", Process.PRIMARY, "cdc@3 keep@3*", ""), "not known to be of this reign");
    }

    @Test
    @DisplayName("that were made and not remembered are remembered before the log is told where their streams begin")
    void halfMade() {
        GroupState named = SlotDecisionsTest.named(Groups.steady());
        assertEquals("drop [] make [] take [cdc] advance []", plan(named, "a", Process.PRIMARY, "cdc@0* keep@3*", ""));
        assertTrue(SlotPlanner.reports(named, "a", slots("cdc@0*", 1), Map.of(), Groups.STAMP)
                .isEmpty());
    }

    @Test
    @DisplayName("are told to the log where the primary has a logical one that it does not know so")
    void reports() {
        GroupState named = SlotDecisionsTest.named(Groups.steady());
        List<Slot> there = slots("cdc@3* keep@3*", 1);
        Map<String, Lsn> confirmed = Map.of("cdc", new Lsn(5));
        List<ReportLogicalSlot> news = SlotPlanner.reports(named, "a", there, confirmed, Groups.STAMP);
        assertEquals(1, news.size());
        assertEquals(new Lsn(3 * SEGMENT), news.getFirst().at());
        assertEquals(new Lsn(5), news.getFirst().known());
        assertTrue(
                SlotPlanner.reports(named, "b", there, confirmed, Groups.STAMP).isEmpty());
        assertTrue(SlotPlanner.reports(named, "a", slots("cdc@3", 1), confirmed, Groups.STAMP)
                .isEmpty());
        GroupState known = SlotDecisionsTest.made(Groups.steady());
        Slot asKnown = SlotPlannerTest.slot("cdc@1*", 1);
        assertEquals(
                1,
                SlotPlanner.reports(known, "a", List.of(asKnown), confirmed, Groups.STAMP)
                        .size());
    }
}
