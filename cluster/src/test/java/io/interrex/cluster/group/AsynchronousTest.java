package io.interrex.cluster.group;

import static io.interrex.cluster.group.Facts.names;
import static io.interrex.cluster.group.Facts.syncSet;
import static io.interrex.cluster.group.Groups.STAMP;
import static io.interrex.cluster.group.Groups.after;
import static io.interrex.cluster.group.Groups.authorize;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.GroupCommand.ReportSyncSetApplied;
import io.interrex.cluster.group.GroupCommand.ReviseSyncSet;
import io.interrex.cluster.group.GroupEvent.Durability;
import io.interrex.cluster.group.GroupEvent.DurabilityChanged;
import io.interrex.cluster.group.GroupEvent.PromotionAuthorized;
import io.interrex.cluster.group.GroupEvent.SettingsRecorded;
import io.interrex.cluster.group.GroupEvent.SyncSetIntended;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Given a, the primary, with members b, c and d, whose commits wait for one of b and c. */
@DisplayName("A group that a person makes asynchronous, or synchronous again,")
class AsynchronousTest {

    private static final ReviseSyncSet REVISE = new ReviseSyncSet(STAMP, 1, names(""), names(""));

    /** The person has said so, and nothing else has happened. */
    static GroupState ordered(GroupState state) {
        return after(
                state, new SettingsRecorded(1, RuleId.SETTINGS_RECORDED, Groups.asynchronous(100), Groups.members()));
    }

    private static GroupState emptying() {
        GroupState state = ordered(Groups.steady());
        return after(state, GroupDecider.decide(state, REVISE).events().toArray(GroupEvent[]::new));
    }

    private static Decision applied(GroupState state, SyncSet set, String flushedBy) {
        return GroupDecider.decide(state, new ReportSyncSetApplied(STAMP, 1, set, new Lsn(50), names(flushedBy)));
    }

    @Test
    @DisplayName(
            "waits for its standbys until its set is empty: that is logged, proven, and only then nothing is promised")
    void emptied() {
        GroupState state = ordered(Groups.steady());
        assertEquals(Durability.SYNC, state.durability());
        Decision revised = GroupDecider.decide(state, REVISE);
        assertEquals(RuleId.SYNC_SET_EMPTIED, revised.rule());
        assertEquals(
                SyncSet.NONE,
                assertInstanceOf(SyncSetIntended.class, revised.events().getFirst())
                        .to());
        GroupState emptying = emptying();
        assertEquals(Durability.SYNC, emptying.durability());
        assertEquals(2, emptying.liveConfigurations().size(), "both bind");
        Decision proven = applied(emptying, SyncSet.NONE, "");
        assertEquals(
                Durability.ASYNC,
                assertInstanceOf(DurabilityChanged.class, proven.events().getLast())
                        .durability());
        GroupState done = after(emptying, proven.events().toArray(GroupEvent[]::new));
        assertEquals(RuleId.SYNC_SET_BUSY, GroupDecider.decide(done, REVISE).rule(), "nothing is left to empty");
    }

    @Test
    @DisplayName("proves the change that runs before it is emptied, and that one still promises what it says")
    void another() {
        GroupState growing = ordered(Groups.intending(Groups.steady(), "1 b c d"));
        assertEquals(RuleId.SYNC_SET_BUSY, GroupDecider.decide(growing, REVISE).rule());
        GroupState grown = after(
                growing, applied(growing, syncSet("1 b c d"), "b").events().toArray(GroupEvent[]::new));
        assertEquals(Durability.SYNC, grown.durability());
        assertEquals(RuleId.SYNC_SET_EMPTIED, GroupDecider.decide(grown, REVISE).rule());
    }

    @Test
    @DisplayName("loses nothing that was promised before: until it is emptied a failover needs as many as ever")
    void failover() {
        GroupState state = Groups.started(ordered(Groups.steady()));
        assertFalse(authorize(state, "b:90 c:none a:none").accepted(), "c may hold more");
        Decision decision = authorize(state, "b:90 c:95 a:none");
        var authorized = (PromotionAuthorized) decision.events().getFirst();
        assertEquals("c", authorized.candidate());
        assertEquals(SyncSet.NONE, authorized.syncSet(), "nobody is waited for from then on");
        GroupState emptying = Groups.started(emptying());
        assertFalse(authorize(emptying, "b:90 c:95 a:none").accepted(), "a may have acknowledged alone");
        assertTrue(authorize(emptying, "b:90 c:95 a:dead:96").accepted(), "a holds all of it");
    }

    @Test
    @DisplayName("that never goes on with fewer than k copies may be emptied by a person, too")
    void strict() {
        GroupState strict = ordered(Groups.steady(Groups.strict(1), Groups.members(), "1 b c"));
        assertEquals(
                RuleId.SYNC_SET_EMPTIED, GroupDecider.decide(strict, REVISE).rule());
    }

    @Test
    @DisplayName("promises again what a synchronous group does when a standby is in its set, and not before")
    void filled() {
        GroupState emptying = emptying();
        GroupState asynchronous =
                after(emptying, applied(emptying, SyncSet.NONE, "").events().toArray(GroupEvent[]::new));
        GroupState back = after(
                asynchronous, new SettingsRecorded(1, RuleId.SETTINGS_RECORDED, Groups.SETTINGS, Groups.members()));
        assertEquals(Durability.ASYNC, back.durability());
        var caughtUp = new ReviseSyncSet(STAMP, 1, names("b c"), names(""));
        GroupState filling =
                after(back, GroupDecider.decide(back, caughtUp).events().toArray(GroupEvent[]::new));
        assertEquals(syncSet("1 b c"), filling.intent());
        assertEquals(Durability.ASYNC, filling.durability());
        List<GroupEvent> events = applied(filling, syncSet("1 b c"), "b").events();
        assertEquals(Durability.SYNC, ((DurabilityChanged) events.getLast()).durability());
    }
}
