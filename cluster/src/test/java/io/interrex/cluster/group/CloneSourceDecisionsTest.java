package io.interrex.cluster.group;

import static io.interrex.cluster.group.Facts.uuid;
import static io.interrex.cluster.group.Groups.STAMP;
import static io.interrex.cluster.group.Groups.after;
import static io.interrex.cluster.group.Groups.steady;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.interrex.cluster.detection.Headroom.Level;
import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupCommand.ChooseCloneSource;
import io.interrex.cluster.group.GroupCommand.ReportRebuildHeld;
import io.interrex.cluster.group.GroupCommand.ReportWalKept;
import io.interrex.cluster.group.GroupEvent.CloneSourceChosen;
import io.interrex.cluster.group.GroupEvent.RebuildMethod;
import io.interrex.cluster.port.Database;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given a, the primary of epoch 1, b and c, of which commits wait for one, e, which nobody waits for, and d, which is cloned. */
@DisplayName("The copy for a member is read")
class CloneSourceDecisionsTest {

    static GroupState cloning() {
        var members = new ArrayList<>(Groups.members());
        members.add(Groups.nosync("e"));
        return after(
                steady(Groups.SETTINGS, members, "1 b c"),
                new GroupEvent.RebuildStarted(1, RuleId.REBUILD_STARTED, "d", RebuildMethod.CLONE, "no data"));
    }

    /** As in {@code b:100!x}: b is 100 bytes behind, is tagged, and of another reign. */
    private static CopySource source(String word) {
        String[] parts = word.split(":");
        String rest = parts[1].replaceAll("\\D", "");
        return new CopySource(
                parts[0], Long.parseLong(rest), parts[1].endsWith("x") ? uuid(9) : uuid(1), parts[1].contains("!"));
    }

    private static Decision choose(GroupState state, String sources) {
        List<CopySource> all = sources.equals("nobody")
                ? List.of()
                : List.of(sources.split(" ")).stream()
                        .map(CloneSourceDecisionsTest::source)
                        .toList();
        return GroupDecider.decide(state, new ChooseCloneSource(STAMP, 1, "d", all, ""));
    }

    /** Where it is put: a rule, what was decided by it, and the events of that. */
    interface Example {
        void put(RuleId rule, Decision decision, String then);
    }

    static void examples(Example example) {
        GroupState cloning = cloning();
        example.put(RuleId.CLONE_FROM_STANDBY, choose(cloning, "b:0"), "accepted: CloneSourceChosen");
        example.put(RuleId.CLONE_FROM_PRIMARY, choose(cloning, "nobody"), "accepted: CloneSourceChosen");
        example.put(RuleId.REBUILD_HELD, held(cloning, "no room"), "accepted: RebuildHeld");
        var kept = new ReportWalKept(STAMP, "d", new Database.Kept("clone", "/d", 1, 0, List.of()));
        example.put(RuleId.DIVERGENT_WAL_KEPT, GroupDecider.decide(cloning, kept), "accepted: DivergentWalKept");
    }

    private static String chosen(GroupState state, String sources) {
        return choose(state, sources).events().getFirst() instanceof CloneSourceChosen e
                ? e.source() + " " + e.rule().label()
                : "none";
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        nobody              | a R280 CLONE_FROM_PRIMARY
        b:0                 | b R275 CLONE_FROM_STANDBY
        b:0 e:900           | e R275 CLONE_FROM_STANDBY
        b:0! e:900          | b R275 CLONE_FROM_STANDBY
        b:20 c:10           | c R275 CLONE_FROM_STANDBY
        b:10 c:10           | b R275 CLONE_FROM_STANDBY
        b:16777216          | b R275 CLONE_FROM_STANDBY
        b:16777217          | a R280 CLONE_FROM_PRIMARY
        b:0x                | a R280 CLONE_FROM_PRIMARY
        b:0x c:10           | c R275 CLONE_FROM_STANDBY
        d:0                 | a R280 CLONE_FROM_PRIMARY
        a:0                 | a R280 CLONE_FROM_PRIMARY
        z:0                 | a R280 CLONE_FROM_PRIMARY
        """)
    @DisplayName(
            "from a standby of this reign that is not far behind, preferably one that no commit waits for, else from the primary")
    void fromAStandby(String sources, String choice) {
        assertEquals(choice, chosen(cloning(), sources));
    }

    @Test
    @DisplayName(
            "from none that is being rebuilt, was fenced, needs a person, fails its probes, or whose disk is nearly full")
    void notFromTheSick() {
        GroupState cloning = cloning();
        List<GroupEvent> sick = List.of(
                new GroupEvent.RebuildStarted(1, RuleId.REBUILD_STARTED, "b", RebuildMethod.REWIND, "it diverged"),
                new GroupEvent.PrimaryFenced(1, RuleId.FENCED, "b", Fencing.RELEASED, "it was replaced"),
                new GroupEvent.MemberStuck(1, RuleId.MEMBER_STUCK, "b", "no space"),
                new GroupEvent.MemberHealthChanged(1, RuleId.MEMBER_UNHEALTHY, "b", false, "c", "no answer"),
                new GroupEvent.DiskHeadroomChanged(
                        1, RuleId.DISK_HEADROOM, "b", Level.CRITICAL, List.of(), "b", "no room"));
        assertEquals("b R275 CLONE_FROM_STANDBY", chosen(cloning, "b:0"));
        for (GroupEvent event : sick) {
            assertEquals("a R280 CLONE_FROM_PRIMARY", chosen(after(cloning, event), "b:0"), event.toString());
        }
    }

    @Test
    @DisplayName("from one that is in the log, until the rebuild is over")
    void inTheLog() {
        GroupState chosen = after(cloning(), choose(cloning(), "b:0").events().getFirst());
        assertEquals("b", chosen.troubles().copies().source("d"));
        assertEquals(RuleId.ORDER_ALREADY, choose(chosen, "b:0").rule());
        assertEquals("a R280 CLONE_FROM_PRIMARY", chosen(chosen, "nobody"));
        GroupState joined = after(chosen, new GroupEvent.MemberJoined(1, RuleId.REBUILD_DONE, "d", new Lsn(100)));
        assertNull(joined.troubles().copies().source("d"));
        assertNull(Groups.started(chosen).troubles().copies().source("d"));
        assertFalse(choose(steady(), "b:0").accepted(), "nobody is cloned");
    }

    @Test
    @DisplayName("and what holds it is told once for each reason, whatever the figures in it")
    void held() {
        GroupState held =
                after(cloning(), held(cloning(), "5 MiB are free").events().getFirst());
        assertEquals("5 MiB are free", held.troubles().copies().held("d"));
        assertEquals(RuleId.ORDER_ALREADY, held(held, "6 MiB are free").rule());
        assertEquals(RuleId.REBUILD_HELD, held(held, "a wrong password").rule());
        assertEquals(RuleId.FAILOVER_STALE, held(steady(), "5 MiB are free").rule());
        GroupState again = after(held, choose(held, "nobody").events().getFirst());
        assertNull(again.troubles().copies().held("d"), "another source is another attempt");
    }

    private static Decision held(GroupState state, String why) {
        return GroupDecider.decide(state, new ReportRebuildHeld(STAMP, 1, "d", why));
    }
}
