package io.interrex.cluster.group;

import static io.interrex.cluster.group.Facts.names;
import static io.interrex.cluster.group.Facts.syncSet;
import static io.interrex.cluster.group.Groups.STAMP;
import static io.interrex.cluster.group.Groups.intending;
import static io.interrex.cluster.group.Groups.started;
import static io.interrex.cluster.group.Groups.steady;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupCommand.ReportSyncSetApplied;
import io.interrex.cluster.group.GroupCommand.ReviseSyncSet;
import io.interrex.cluster.group.GroupEvent.Durability;
import io.interrex.cluster.group.GroupEvent.DurabilityChanged;
import io.interrex.cluster.group.GroupEvent.MemberJoined;
import io.interrex.cluster.group.GroupEvent.RebuildMethod;
import io.interrex.cluster.group.GroupEvent.RebuildStarted;
import io.interrex.cluster.group.GroupEvent.SyncSetIntended;
import io.interrex.cluster.settings.GroupSettings;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given primary a, and members b and c; d is tagged nosync. */
@DisplayName("The synchronous set")
class SyncSetDecisionsTest {

    private static final List<MemberInfo> MEMBERS =
            List.of(Groups.member("a"), Groups.member("b"), Groups.member("c"), Groups.nosync("d"));

    private static GroupState given(GroupSettings settings, String rule) {
        return steady(settings, MEMBERS, rule);
    }

    private static Decision revise(GroupState state, String caughtUp, String silent) {
        return GroupDecider.decide(state, new ReviseSyncSet(STAMP, 1, names(caughtUp), names(silent)));
    }

    @ParameterizedTest(name = "k = {0}, {1}: [{2}] caught up, [{3}] silent => {4}, {5}")
    @CsvSource(delimiter = '|', textBlock = """
        1 | 1 b c | ''  | c   | ANY 1 (b)    | SYNC_SET_SHRUNK
        1 | 1 b c | ''  | b c | none         | SYNC_SET_SHRUNK
        1 | 1 b   | c   | ''  | ANY 1 (b, c) | SYNC_SET_GROWN
        1 | none  | b c | ''  | ANY 1 (b, c) | SYNC_SET_GROWN
        1 | 1 b   | c   | b   | ANY 1 (c)    | SYNC_SET_SHRUNK
        2 | 2 b c | ''  | c   | ANY 1 (b)    | SYNC_SET_SHRUNK
        2 | 1 b   | c   | ''  | ANY 2 (b, c) | SYNC_SET_GROWN
        1 | 1 b c | ''  | ''  |              | ORDER_ALREADY
        1 | 1 b c | b   | ''  |              | ORDER_ALREADY
        1 | 1 b c | a   | ''  |              | ORDER_ALREADY
        1 | 1 b c | d   | ''  |              | ORDER_ALREADY
        1 | 1 b c | x   | ''  |              | ORDER_ALREADY
        1 | 1 b c | ''  | x   |              | ORDER_ALREADY
        """)
    @DisplayName("loses who is silent and gains who has caught up, never the primary, a stranger or one tagged nosync")
    void revised(int k, String rule, String caughtUp, String silent, @Nullable String to, RuleId by) {
        Decision decision = revise(given(Groups.copies(k), rule), caughtUp, silent);
        assertEquals(by, decision.rule(), decision.why());
        if (decision.accepted()) {
            var intended =
                    assertInstanceOf(SyncSetIntended.class, decision.events().getFirst());
            assertEquals(to, intended.to().toString());
            assertEquals(syncSet(rule), intended.from());
        }
    }

    @ParameterizedTest(name = "{0}, {1}: [{2}] silent => {3}")
    @CsvSource({
        "wait,     1 b c, b c, DURABILITY_WAITS",
        "wait,     1 b c, c,   SYNC_SET_SHRUNK",
        "strict 1, 1 b c, b c, DURABILITY_WAITS",
        "strict 1, 1 b c, c,   SYNC_SET_SHRUNK",
        "strict 2, 2 b c, c,   DURABILITY_WAITS",
        "degrade,  1 b c, b c, SYNC_SET_SHRUNK",
    })
    @DisplayName("that would hold too few copies is a matter of policy: then writes wait")
    void policy(String policy, String rule, String silent, RuleId by) {
        GroupSettings settings = switch (policy) {
            case "wait" -> Groups.waiting();
            case "strict 1" -> Groups.strict(1);
            case "strict 2" -> Groups.strict(2);
            default -> Groups.SETTINGS;
        };
        Decision decision = revise(given(settings, rule), "", silent);
        assertEquals(by, decision.rule());
        assertEquals(by == RuleId.SYNC_SET_SHRUNK, decision.accepted());
    }

    @Test
    @DisplayName("of a strict group that has too few copies may still grow")
    void growsTowardsK() {
        assertEquals(
                RuleId.SYNC_SET_GROWN,
                revise(given(Groups.strict(2), "none"), "b", "").rule());
    }

    @Test
    @DisplayName(
            "is not changed during a failover, while another change is not proven, in another epoch, or asynchronously")
    void busy() {
        GroupState steady = given(Groups.SETTINGS, "1 b c");
        var shrink = new ReviseSyncSet(STAMP, 1, names(""), names("c"));
        var next = new ReviseSyncSet(STAMP, 2, names(""), names("c"));
        for (Decision decision : List.of(
                GroupDecider.decide(started(steady), next),
                GroupDecider.decide(started(steady), shrink),
                GroupDecider.decide(intending(steady, "1 b"), shrink),
                GroupDecider.decide(steady, next),
                GroupDecider.decide(steady(Groups.asynchronous(100), MEMBERS, "none"), shrink))) {
            assertFalse(decision.accepted());
            assertEquals(RuleId.SYNC_SET_BUSY, decision.rule());
            assertEquals(List.of(), decision.events());
        }
    }

    @Test
    @DisplayName("takes nobody in whose data may be given up yet, however well it streams (seed 167290)")
    void beingRebuilt() {
        GroupState cloned = Groups.after(
                given(Groups.SETTINGS, "1 b"),
                new RebuildStarted(1, RuleId.REBUILD_STARTED, "c", RebuildMethod.CLONE, "no data"));
        assertEquals(RuleId.ORDER_ALREADY, revise(cloned, "c", "").rule());
        GroupState joined = Groups.after(cloned, new MemberJoined(1, RuleId.REBUILD_DONE, "c", Lsn.ZERO));
        assertEquals(RuleId.SYNC_SET_GROWN, revise(joined, "c", "").rule());
    }

    @ParameterizedTest(name = "intent {0}: applied {1}, its marker on [{2}] => {3}")
    @CsvSource({
        "1 c,   1 c,   c,   SYNC_SET_APPLIED",
        "1 c,   1 c,   b,   ESTABLISHED_NOT_FLUSHED",
        "2 b c, 2 b c, b,   ESTABLISHED_NOT_FLUSHED",
        "2 b c, 2 b c, b c, SYNC_SET_APPLIED",
        "none,  none,  '',  SYNC_SET_APPLIED",
        "1 c,   1 b,   b c, FAILOVER_STALE",
        "1 c,   2 b c, b c, FAILOVER_STALE",
    })
    @DisplayName("is in force when its marker is on k members of the new one, and it is the one that was logged")
    void applied(String intent, String reported, String flushedBy, RuleId rule) {
        GroupState state = intending(given(Groups.copies(2), "1 b"), intent);
        var report = new ReportSyncSetApplied(STAMP, 1, syncSet(reported), new Lsn(50), names(flushedBy));
        assertEquals(rule, GroupDecider.decide(state, report).rule());
    }

    @ParameterizedTest(name = "from {0} to {1} => {2}")
    @CsvSource({"1 b, none, DEGRADED", "none, 1 b, SYNC", "1 b, 1 c, "})
    @DisplayName("tells when commits begin or cease to have a copy, and only then")
    void durability(String from, String to, @Nullable Durability changed) {
        GroupState state = intending(given(Groups.SETTINGS, from), to);
        var report = new ReportSyncSetApplied(STAMP, 1, syncSet(to), new Lsn(50), names("b c"));
        List<GroupEvent> events = GroupDecider.decide(state, report).events();
        assertEquals(changed == null ? 1 : 2, events.size());
        if (changed != null) {
            assertEquals(
                    changed,
                    assertInstanceOf(DurabilityChanged.class, events.getLast()).durability());
        }
    }

    @Test
    @DisplayName("that is proven without an intent, or twice, is history")
    void nothingIntended() {
        var report = new ReportSyncSetApplied(STAMP, 1, syncSet("1 b c"), new Lsn(50), names("b c"));
        assertEquals(
                RuleId.FAILOVER_STALE,
                GroupDecider.decide(given(Groups.SETTINGS, "1 b c"), report).rule());
    }
}
