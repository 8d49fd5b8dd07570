package io.interrex.cluster.group;

import static io.interrex.cluster.group.Facts.names;
import static io.interrex.cluster.group.Facts.reign;
import static io.interrex.cluster.group.Groups.STAMP;
import static io.interrex.cluster.group.Groups.after;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupCommand.ReportJoined;
import io.interrex.cluster.group.GroupCommand.StartRebuild;
import io.interrex.cluster.group.GroupEvent.RebuildMethod;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Given d, which is being cloned when b takes over in epoch 2. */
@DisplayName("A member that was being cloned when a failover began")
class RebuildDecisionsTest {

    private static final GroupState SECOND_REIGN = secondReign();

    private static GroupState secondReign() {
        GroupState cloning = after(
                Groups.steady(),
                new GroupEvent.RebuildStarted(1, RuleId.REBUILD_STARTED, "d", RebuildMethod.CLONE, "no data"));
        return after(
                Groups.authorized(Groups.started(cloning), "b", 90, "1 c", 1),
                new GroupEvent.PrimaryEstablished(
                        2, RuleId.ESTABLISHED, "b", reign(2, 90), new Lsn(100), names("c"), "7"));
    }

    private static Decision clone(GroupState state, String member) {
        return GroupDecider.decide(state, new StartRebuild(STAMP, 2, member, RebuildMethod.CLONE, "no data"));
    }

    @Test
    @DisplayName("keeps others from being cloned: its copy may go on (simulator's find, seed 140301)")
    void othersWait() {
        Decision decision = clone(SECOND_REIGN, "c");
        assertEquals(RuleId.REBUILD_BUSY, decision.rule());
        assertEquals("d is being cloned", decision.why());
    }

    @Test
    @DisplayName("may be cloned itself, by the new primary")
    void itself() {
        assertTrue(clone(SECOND_REIGN, "d").accepted());
        assertFalse(clone(after(SECOND_REIGN, clone(SECOND_REIGN, "d").events().getFirst()), "c")
                .accepted());
    }

    @Test
    @DisplayName("is out of the way once it streams, is stuck, or is in the synchronous set")
    void over() {
        Decision joined = GroupDecider.decide(SECOND_REIGN, new ReportJoined(STAMP, 2, "d", new Lsn(101)));
        assertTrue(clone(after(SECOND_REIGN, joined.events().getFirst()), "c").accepted());
        var stuck = new GroupEvent.MemberStuck(2, RuleId.MEMBER_STUCK, "d", "no space");
        assertTrue(clone(after(SECOND_REIGN, stuck), "c").accepted());
        assertTrue(clone(Groups.intending(SECOND_REIGN, "1 c d"), "a").accepted());
    }

    @Test
    @DisplayName(
            "is out of the way once the configuration does not name it any more, with its alarm; one that it names is not")
    void removed() {
        var alarmed = after(
                SECOND_REIGN,
                new GroupEvent.MemberHealthChanged(2, RuleId.MEMBER_UNHEALTHY, "d", false, "a", "silent"),
                new GroupEvent.MemberStuck(2, RuleId.MEMBER_STUCK, "c", "no space"),
                clone(SECOND_REIGN, "d").events().getFirst());
        assertFalse(clone(after(alarmed, recorded("a", "b", "c", "d")), "a").accepted());
        GroupState without = after(alarmed, recorded("a", "b", "c"));
        assertEquals(names(""), without.unhealthy());
        assertEquals(names("c"), without.stuck().keySet());
        assertTrue(clone(without, "a").accepted());
        GroupState before = after(SECOND_REIGN, recorded("a", "b", "c"));
        assertNull(before.cloning());
        assertTrue(clone(before, "c").accepted());
        assertFalse(clone(after(before, clone(before, "c").events().getFirst()), "a")
                .accepted());
    }

    private static GroupEvent recorded(String... members) {
        return new GroupEvent.SettingsRecorded(
                2,
                RuleId.SETTINGS_RECORDED,
                Groups.SETTINGS,
                Groups.members().stream()
                        .filter(member -> names(String.join(" ", members)).contains(member.name()))
                        .toList());
    }
}
