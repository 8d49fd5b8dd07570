package io.interrex.cluster.group;

import static io.interrex.cluster.group.Facts.names;
import static io.interrex.cluster.group.Facts.reign;
import static io.interrex.cluster.group.Facts.syncSet;
import static io.interrex.cluster.group.Groups.STAMP;
import static io.interrex.cluster.group.Groups.steady;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.GroupCommand.EndRestart;
import io.interrex.cluster.group.GroupCommand.OrderMode;
import io.interrex.cluster.group.GroupCommand.OrderReinit;
import io.interrex.cluster.group.GroupCommand.OrderRestart;
import io.interrex.cluster.group.GroupCommand.OrderSwitchover;
import io.interrex.cluster.group.GroupCommand.ReportPoolersBusy;
import io.interrex.cluster.group.GroupCommand.ReportServerRestarted;
import io.interrex.cluster.group.GroupCommand.RestartHandOver;
import io.interrex.cluster.group.GroupCommand.ReviseSyncSet;
import io.interrex.cluster.group.GroupCommand.Run;
import io.interrex.cluster.group.GroupCommand.StandbyLag;
import io.interrex.cluster.group.GroupEvent.OperationFinished;
import io.interrex.cluster.group.GroupEvent.OrderRefused;
import io.interrex.cluster.group.GroupEvent.RestartOrdered;
import io.interrex.cluster.group.GroupEvent.SwitchoverOrdered;
import io.interrex.cluster.group.GroupEvent.SyncSetIntended;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given a, the primary, with members b, c and d; when a person lets servers be restarted. Runs began at 100. */
@DisplayName("A restart by order")
class RestartTest {

    private static final UUID ORDER = new UUID(7, 7);

    /** @param words b: runs; b!: a setting waits for a restart; b!!: and lowers what a standby has to have as well */
    static OrderRestart all(String words, boolean pending, boolean inPlace) {
        return new OrderRestart(STAMP, ORDER, "eve", null, pending, inPlace, runs(words), false);
    }

    static OrderRestart one(String member, String words, boolean inPlace) {
        return new OrderRestart(STAMP, ORDER, "eve", member, false, inPlace, runs(words), false);
    }

    private static List<Run> runs(String words) {
        return Arrays.stream(words.strip().split(" +"))
                .filter(word -> !word.isEmpty())
                .map(word -> new Run(word.substring(0, 1), 100, word.contains("!"), word.endsWith("!!")))
                .toList();
    }

    static GroupState decided(GroupState state, GroupCommand command) {
        Decision decision = GroupDecider.decide(state, command);
        return after(state, decision.events().toArray(GroupEvent[]::new));
    }

    private static RuleId rule(GroupState state, GroupCommand command) {
        return GroupDecider.decide(state, command).rule();
    }

    static GroupState back(GroupState state, String member) {
        return decided(state, new ReportServerRestarted(STAMP, state.epoch(), member, 200));
    }

    /** Commits wait for that from now on. */
    private static GroupState counting(GroupState state, String rule) {
        SyncSet to = syncSet(rule);
        return after(
                state,
                new SyncSetIntended(state.epoch(), RuleId.SYNC_SET_GROWN, state.syncSet(), to, ""),
                new GroupEvent.SyncSetApplied(state.epoch(), RuleId.SYNC_SET_APPLIED, to, new Lsn(200), to.standbys()));
    }

    private static GroupState after(GroupState state, GroupEvent... events) {
        return Groups.after(state, events);
    }

    private static OperationFinished end(Decision decision) {
        return assertInstanceOf(OperationFinished.class, decision.events().getLast(), decision.why());
    }

    @ParameterizedTest(name = "{0} of those that run: {1}, commits wait for {2} => {3}")
    @CsvSource({
        "all, a b c d, 1 b c, ORDER_ACCEPTED",
        "all, a b,     1 b c, ORDER_ACCEPTED",
        "b,   a b c d, 1 b c, ORDER_ACCEPTED",
        "a,   a b c d, 1 b c, ORDER_ACCEPTED",
        "b,   a c d,   1 b c, RESTART_NOT_RUNNING",
        "all, b c d,   1 b c, RESTART_NOT_RUNNING",
        "b,   a b c d, 1 b,   ORDER_KEEPS_COPIES",
        "all, a b c d, 1 b,   ORDER_KEEPS_COPIES",
        "c,   a b c d, 1 b,   ORDER_ACCEPTED",
        "a,   a b c d, none,  ORDER_LAGGING",
        "x,   a b c d, 1 b c, ORDER_UNKNOWN_MEMBER"
    })
    @DisplayName("is of servers that run, and that commits can do without; a refusal is recorded")
    void ordered(String member, String runs, String rule, RuleId expected) {
        @Nullable String named = member.equals("all") ? null : member;
        GroupState state = steady(Groups.SETTINGS, Groups.members(), rule);
        Decision decision = GroupDecider.decide(
                state, new OrderRestart(STAMP, ORDER, "eve", named, false, false, runs(runs), false));
        assertEquals(expected, decision.rule(), decision.why());
        GroupEvent first = decision.events().getFirst();
        assertTrue(decision.accepted() ? first instanceof RestartOrdered : first instanceof OrderRefused);
    }

    private static GroupState inTheWay(String what) {
        return switch (what) {
            case "a failover runs" -> Groups.started(steady());
            case "a switchover runs" ->
                after(steady(), new SwitchoverOrdered(1, RuleId.ORDER_ACCEPTED, Groups.ORDER, "bob", "a", "b"));
            case "a failover is held" ->
                after(
                        steady(),
                        new GroupEvent.FailoverHeld(1, RuleId.FAILOVER_TOO_MANY, "too many", List.of(), List.of()));
            case "a copy is ordered" ->
                after(steady(), new GroupEvent.ReinitOrdered(1, RuleId.ORDER_ACCEPTED, Groups.ORDER, "bob", "d"));
            case "the group is paused" -> paused(steady());
            case "another restart runs" ->
                decided(
                        steady(),
                        new OrderRestart(STAMP, Groups.ORDER, "bob", "d", false, false, runs("a b c d"), false));
            default -> throw new IllegalArgumentException(what);
        };
    }

    static GroupState paused(GroupState state) {
        return decided(state, new OrderMode(STAMP, new UUID(3, 3), Mode.PAUSED, "bob", "looking", 0));
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource({
        "a failover runs,       ORDER_BUSY",
        "a failover is held,    ORDER_BUSY",
        "a switchover runs,     ORDER_BUSY",
        "a copy is ordered,     ORDER_BUSY",
        "another restart runs,  ORDER_BUSY",
        "the group is paused,   RESTART_PAUSED"
    })
    @DisplayName("is refused while something else is done, and says what")
    void refused(String what, RuleId expected) {
        Decision decision = GroupDecider.decide(inTheWay(what), all("a b c d", false, false));
        assertEquals(expected, decision.rule(), decision.why());
        assertInstanceOf(OrderRefused.class, decision.events().getFirst());
    }

    @Test
    @DisplayName("takes standbys first, of them those that no commit waits for, and the primary last")
    void order() {
        GroupState state = decided(steady(), all("a b c d", false, true));
        assertEquals("d", state.nextRestart());
        state = back(state, "d");
        assertEquals("b", state.nextRestart());
        state = back(state, "b");
        state = back(state, "c");
        assertEquals("a", state.nextRestart());
        Decision last = GroupDecider.decide(state, new ReportServerRestarted(STAMP, 1, "a", 200));
        assertTrue(end(last).succeeded());
        GroupState done = back(state, "a");
        assertNull(done.upkeep().restart());
        assertEquals(RuleId.ORDER_FINISHED, rule(done, all("a", false, false)));
    }

    @Test
    @DisplayName("lets nobody be the next before commits wait again for all for whom they waited")
    void counted() {
        GroupState state = decided(steady(), all("a b c d", false, true));
        state = counting(back(state, "d"), "1 c");
        assertEquals("b", state.nextRestart(), "it has left");
        state = back(state, "b");
        assertNull(state.nextRestart(), "b streams and does not count yet");
        state = counting(state, "1 b c");
        assertEquals("c", state.nextRestart());
        state = back(counting(state, "1 b"), "c");
        state = counting(state, "1 b c");
        assertEquals("a", state.nextRestart());
    }

    @Test
    @DisplayName("of one member ends when commits wait for it again, not when it streams")
    void countedAtTheEnd() {
        GroupState state = counting(decided(steady(), one("b", "a b c d", false)), "1 c d");
        GroupState streams = back(state, "b");
        assertTrue(streams.finished().isEmpty());
        assertFalse(GroupDecider.decide(streams, new EndRestart(STAMP)).accepted());
        GroupState counts = counting(streams, "1 b c d");
        assertTrue(end(GroupDecider.decide(counts, new EndRestart(STAMP))).succeeded());
    }

    @Test
    @DisplayName("in place of the primary comes first where it lowers what a standby must not have less of")
    void lowers() {
        assertEquals(RuleId.RESTART_LOWERS, rule(steady(), all("a!! b!! c d", true, false)));
        assertEquals(RuleId.RESTART_LOWERS, rule(steady(), one("b", "a!! b!! c d", true)));
        GroupState state = decided(steady(), all("a!! b!! c d", true, true));
        assertEquals("a", state.nextRestart());
        assertEquals("b", back(state, "a").nextRestart());
    }

    @Test
    @DisplayName("of pending settings takes only those who have some, and is refused where there is none")
    void pending() {
        assertEquals("b", decided(steady(), all("a b! c d", true, false)).nextRestart());
        assertEquals(RuleId.ORDER_ALREADY, rule(steady(), all("a b", true, false)));
    }

    @Test
    @DisplayName("lets nobody be the next because of a report that is older than it")
    void oldRun() {
        GroupState state = decided(steady(), all("a b c d", false, false));
        Decision old = GroupDecider.decide(state, new ReportServerRestarted(STAMP, 1, "d", 100));
        assertFalse(old.accepted());
        assertEquals(List.of(), old.events());
    }

    @Test
    @DisplayName("lets a standby leave the synchronous set while it is the next, and come back afterwards")
    void leaves() {
        GroupState state = back(decided(steady(), all("a b c d", false, false)), "d");
        Decision leaves = GroupDecider.decide(state, new ReviseSyncSet(STAMP, 1, names(""), names("")));
        SyncSetIntended change =
                assertInstanceOf(SyncSetIntended.class, leaves.events().getFirst());
        assertEquals(syncSet("1 c"), change.to());
        assertEquals("b is to be restarted", change.why());
        GroupState restarted = back(state, "b");
        assertFalse(restarted.isLeaving("b"));
        assertTrue(restarted.isLeaving("c"));
    }

    @Test
    @DisplayName("goes on after another member has taken over: that one is the last now")
    void failover() {
        GroupState state = decided(steady(), all("a b c", false, true));
        GroupState next = Groups.authorized(Groups.started(state), "b", 90, "1 a c", 1);
        assertNull(next.nextRestart(), "nobody is stopped while a failover runs");
        next = after(
                next,
                new GroupEvent.PrimaryEstablished(
                        2, RuleId.ESTABLISHED, "b", reign(2, 90), new Lsn(100), names("c"), "7"));
        assertEquals("c", next.nextRestart());
        next = back(back(next, "c"), "a");
        assertEquals("b", next.nextRestart());
    }

    @Test
    @DisplayName("is one at a time: the same order again is told that it runs, and no other order is taken")
    void busy() {
        GroupState state = decided(steady(), all("a b c d", false, false));
        assertTrue(GroupDecider.decide(state, all("a b c d", false, false)).accepted());
        assertEquals(
                RuleId.ORDER_BUSY,
                rule(
                        state,
                        new OrderSwitchover(STAMP, Groups.ORDER, "bob", "b", List.of(new StandbyLag("b", 0)), false)));
        assertEquals(RuleId.ORDER_BUSY, rule(state, new OrderReinit(STAMP, Groups.ORDER, "bob", "d")));
    }

    @Test
    @DisplayName("ends without success after five minutes without progress, not before, and says who is not back")
    void expires() {
        GroupState state = decided(steady(), all("a b c d", false, false));
        var early = new GroupCommand.Stamp("b", Groups.NOW_MS + Restart.PATIENCE_MS - 1);
        assertFalse(GroupDecider.decide(state, new EndRestart(early)).accepted());
        var late = new EndRestart(new GroupCommand.Stamp("b", Groups.NOW_MS + Restart.PATIENCE_MS));
        assertEquals(
                "for 300 s nothing moved: d was next and is not back; not restarted: d, b, c, a",
                end(GroupDecider.decide(state, late)).why());
        GroupState ended = decided(state, late);
        assertNull(ended.upkeep().restart());
        assertFalse(ended.isLeaving("d"));
        GroupState uncounted = counting(back(back(state, "d"), "b"), "1 c");
        assertEquals(
                "for 300 s nothing moved: commits do not wait for b yet as before; not restarted: c, a",
                end(GroupDecider.decide(uncounted, late)).why());
    }

    @Test
    @DisplayName("ends when a person pauses the group")
    void pauseEnds() {
        GroupState state = back(decided(steady(), all("a b c d", false, false)), "d");
        GroupState paused = paused(state);
        assertNull(paused.upkeep().restart());
        GroupState.Finished finished = paused.finished().stream()
                .filter(over -> over.id().equals(ORDER))
                .findFirst()
                .orElseThrow();
        assertEquals(new GroupState.Finished(ORDER, false, "bob paused the group; not restarted: b, c, a"), finished);
    }

    static final RestartHandOver HAND_OVER =
            new RestartHandOver(STAMP, 1, new UUID(9, 9), List.of(new StandbyLag("b", 0)));

    @Test
    @DisplayName("lets a standby that streams take over before the primary's turn, unless it is in place")
    void switchover() {
        GroupState state = decided(steady(), all("a d", false, false));
        assertFalse(GroupDecider.decide(state, HAND_OVER).accepted(), "d is the next");
        GroupState due = back(state, "d");
        assertFalse(GroupDecider.decide(due, new RestartHandOver(STAMP, 1, new UUID(9, 9), List.of()))
                .accepted());
        Decision decision = GroupDecider.decide(due, HAND_OVER);
        assertEquals(
                "b",
                assertInstanceOf(SwitchoverOrdered.class, decision.events().getFirst())
                        .target());
        GroupState other = back(decided(steady(), all("a d", false, true)), "d");
        assertFalse(GroupDecider.decide(other, HAND_OVER).accepted(), "it restarts in place");
    }

    @Test
    @DisplayName("in place ends where poolers cannot make their clients wait, and nothing has happened to the primary")
    void poolersBusy() {
        GroupState ordered = decided(steady(), one("a", "a b", true));
        var busy = new ReportPoolersBusy(STAMP, ORDER, "a transaction is open");
        OperationFinished end = end(GroupDecider.decide(ordered, busy));
        assertEquals(RuleId.POOLERS_BUSY, end.rule());
        assertFalse(end.succeeded());
        assertNull(decided(ordered, busy).upkeep().restart());
    }

    @Test
    @DisplayName("ends when its hand-over fails, and does not try again")
    void handOverFails() {
        GroupState due = decided(decided(steady(), one("a", "a b", false)), HAND_OVER);
        assertNull(due.nextRestart(), "nobody is stopped while a switchover runs");
        GroupState failed = decided(due, new ReportPoolersBusy(STAMP, new UUID(9, 9), "poolers are busy"));
        assertFalse(GroupDecider.decide(failed, HAND_OVER).accepted());
        OperationFinished end = end(GroupDecider.decide(failed, new EndRestart(STAMP)));
        assertFalse(end.succeeded());
        assertEquals("the hand-over failed: poolers are busy; not restarted in its turn: a", end.why());
    }

    @Test
    @DisplayName("ends well when who handed over streams from the new primary and counts")
    void handsOver() {
        GroupState due = decided(decided(steady(), one("a", "a b", false)), HAND_OVER);
        GroupState next = Groups.authorized(Groups.started(due, "b", new UUID(9, 9)), "b", 90, "1 c", 1);
        next = after(
                next,
                new GroupEvent.PrimaryEstablished(
                        2, RuleId.ESTABLISHED, "b", reign(2, 90), new Lsn(100), names("c"), "7"),
                new OperationFinished(2, RuleId.ORDER_FINISHED, new UUID(9, 9), true, "b is the primary"));
        assertEquals("a", next.nextRestart());
        next = back(next, "a");
        assertFalse(GroupDecider.decide(next, new EndRestart(STAMP)).accepted(), "a does not count yet");
        next = counting(next, "1 a c");
        assertTrue(end(GroupDecider.decide(next, new EndRestart(STAMP))).succeeded());
    }

    @Test
    @DisplayName("of the only member is in place, and of one whose standbys may not take over only by a person's word")
    void nobodyElse() {
        GroupState alone = steady(Groups.asynchronous(0), List.of(Groups.member("a")), "none");
        assertFalse(assertInstanceOf(
                        RestartOrdered.class,
                        GroupDecider.decide(alone, all("a", false, false))
                                .events()
                                .getFirst())
                .switchover());
        GroupState nofailover = steady(Groups.SETTINGS, List.of(Groups.member("a"), Groups.nofailover("b")), "1 b");
        assertEquals(RuleId.ORDER_LAGGING, rule(nofailover, one("a", "a b", false)));
        assertEquals(RuleId.ORDER_ACCEPTED, rule(nofailover, one("a", "a b", true)));
    }

    @Test
    @DisplayName("ends where who is left is no member any more")
    void noMember() {
        GroupState state = decided(steady(), one("d", "a b c d", false));
        GroupState fewer = decided(
                state,
                new GroupCommand.RecordSettings(
                        STAMP,
                        "tester",
                        null,
                        Groups.SETTINGS,
                        List.of(Groups.member("a"), Groups.member("b"), Groups.member("c")),
                        List.of()));
        assertTrue(end(GroupDecider.decide(fewer, new EndRestart(STAMP))).succeeded());
        assertNull(decided(fewer, new EndRestart(STAMP)).upkeep().restart());
    }
}
