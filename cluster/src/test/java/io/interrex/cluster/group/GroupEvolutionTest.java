package io.interrex.cluster.group;

import static io.interrex.cluster.group.Facts.names;
import static io.interrex.cluster.group.Facts.reign;
import static io.interrex.cluster.group.Facts.syncSet;
import static io.interrex.cluster.group.Facts.uuid;
import static io.interrex.cluster.group.Groups.ORDER;
import static io.interrex.cluster.group.Groups.SETTINGS;
import static io.interrex.cluster.group.Groups.after;
import static io.interrex.cluster.group.Groups.authorized;
import static io.interrex.cluster.group.Groups.created;
import static io.interrex.cluster.group.Groups.intending;
import static io.interrex.cluster.group.Groups.members;
import static io.interrex.cluster.group.Groups.secondReign;
import static io.interrex.cluster.group.Groups.started;
import static io.interrex.cluster.group.Groups.steady;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.interrex.cluster.durability.LiveConfiguration;
import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.group.GroupEvent.FailoverStarted;
import io.interrex.cluster.group.GroupEvent.PrimaryEstablished;
import io.interrex.cluster.group.GroupEvent.PrimaryFenced;
import io.interrex.cluster.group.GroupState.Phase;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("What events make of a group")
class GroupEvolutionTest {

    private static final GroupEvent CREATED = new GroupEvent.GroupCreated(
            1, RuleId.GROUP_CREATED, "main", "a", uuid(1), members(), 1, List.of("a", "b", "c"), SETTINGS);

    private static PrimaryEstablished established(long epoch, String member, Reign reign) {
        return new PrimaryEstablished(epoch, RuleId.ESTABLISHED, member, reign, new Lsn(200), names("c"), "7");
    }

    private static FailoverStarted begun(long epoch) {
        return new FailoverStarted(
                epoch, RuleId.FAILOVER_BY_MAJORITY, "a", Reason.LEASE_SILENT, List.of(), "b", 9, null, null);
    }

    private static GroupState fallenTwice() {
        GroupState third = Groups.authorized(started(authorized()), "c", 95, "1 d", 2);
        return Groups.authorized(started(third), "d", 99, "none", 3);
    }

    private static void assertIllegal(@Nullable GroupState state, GroupEvent event) {
        assertThrows(IllegalStateException.class, () -> GroupEvolution.evolve(state, event));
    }

    @Test
    @DisplayName(
            "who is added to the synchronous set is whole: its rebuild is over and does not begin again (simulator's find)")
    void rebuildEndsWithTheSet() {
        GroupState cloning = after(
                intending(steady(), "1 b"),
                new GroupEvent.SyncSetApplied(1, RuleId.SYNC_SET_SHRUNK, syncSet("1 b"), new Lsn(90), names("b")),
                new GroupEvent.RebuildStarted(1, RuleId.REBUILD_STARTED, "c", GroupEvent.RebuildMethod.CLONE, "test"));
        assertEquals("[c]", cloning.rebuilding().keySet().toString());
        assertEquals("[c]", intending(cloning, "1 b d").rebuilding().keySet().toString());
        assertEquals("[]", intending(cloning, "1 b c").rebuilding().keySet().toString());
    }

    @Test
    @DisplayName("LegalHistory (I11): an event that cannot stand where it stands stops the group, it is never dropped")
    void illegal() {
        assertIllegal(null, begun(1));
        assertIllegal(steady(), CREATED);
        assertIllegal(steady(), begun(1));
        assertIllegal(steady(), begun(3));
        assertIllegal(steady(), established(1, "a", reign(1, 0)));
        assertIllegal(started(steady()), established(2, "b", reign(2, 90)));
        assertIllegal(authorized(), established(1, "b", reign(1, 90)));
        assertThrows(IllegalStateException.class, () -> Groups.authorized(steady(), "b", 90, "1 c", 1));
        assertThrows(IllegalStateException.class, () -> Groups.authorized(authorized(), "c", 90, "1 b", 1));
    }

    @Test
    @DisplayName("a failover gives the epoch to nobody until a promotion is authorized, and then to its candidate")
    void designated() {
        assertEquals("a", created(SETTINGS, members()).designated());
        assertEquals(uuid(1), created(SETTINGS, members()).designatedUuid());
        assertEquals("a", steady().designated());
        assertEquals(null, started(steady()).designated());
        assertEquals(null, started(steady()).designatedUuid());
        assertEquals("b", authorized().designated());
        assertEquals(uuid(2), authorized().designatedUuid());
        assertEquals("b", secondReign(SETTINGS).designated());
        assertEquals(uuid(2), secondReign(SETTINGS).designatedUuid());
        assertEquals("a", authorized().primary(), "the last established one is remembered");
    }

    @Test
    @DisplayName(
            "every configuration binds until a later epoch is established: C, C' and those of promotions that fell")
    void liveConfigurations() {
        assertEquals("1 a none", live(created(SETTINGS, members())));
        assertEquals("1 a ANY 1 (b, c)", live(steady()));
        assertEquals("1 a ANY 1 (b, c); 1 a ANY 1 (b)", live(intending(steady(), "1 b")));
        assertEquals("1 a ANY 1 (b, c)", live(authorized()));
        assertEquals("1 a ANY 1 (b, c); 2 b ANY 1 (c)", live(started(authorized())));
        assertEquals(
                "1 a ANY 1 (b, c); 1 a ANY 1 (b); 2 b ANY 1 (c)",
                live(started(Groups.authorized(started(intending(steady(), "1 b")), "b", 90, "1 c", 1))));
        assertEquals("1 a ANY 1 (b, c); 2 b ANY 1 (c); 3 c ANY 1 (d)", live(fallenTwice()));
        GroupState opened = after(fallenTwice(), established(4, "d", reign(4, 99)));
        assertEquals("4 d none", live(opened));
    }

    private static String live(GroupState state) {
        var words = new ArrayList<String>();
        for (LiveConfiguration c : state.liveConfigurations()) {
            words.add(c.epoch() + " " + c.primary() + " " + c.syncSet());
        }
        return String.join("; ", words);
    }

    @ParameterizedTest(name = "based on epoch {0} => {1}")
    @CsvSource({"1, 1 5", "2, 1 2 5", "3, 1 2 3 5", "4, 1 4 5"})
    @DisplayName("the chain of reigns leads through what the promoted data went through, and through nothing else")
    void chain(long base, String epochs) {
        GroupState fallen = Groups.authorized(started(steady()), "b", 90, "1 c", 1);
        fallen = Groups.authorized(started(fallen), "c", 95, "1 d", 2);
        fallen = Groups.authorized(started(fallen), "d", 80, "none", 1);
        fallen = Groups.authorized(started(fallen), "b", 99, "none", base);
        GroupState opened = after(fallen, established(5, "b", reign(5, 99)));
        var words = new ArrayList<String>();
        opened.lineage().forEach(reign -> words.add(String.valueOf(reign.epoch())));
        assertEquals(epochs, String.join(" ", words));
    }

    @Test
    @DisplayName("markers of promotions that fell may be found in a member, and count as newer in their order")
    void possibleReigns() {
        var words = new ArrayList<String>();
        fallenTwice().possibleReigns().forEach(reign -> words.add(reign.epoch() + "@" + reign.switchLsn()));
        assertEquals("1@0/0 2@0/5A 3@0/5F 4@0/63", String.join(" ", words));
    }

    @Test
    @DisplayName(
            "a failover forgets suspicions, rebuilds and holds; an establishment ends it and its change of the set")
    void forgotten() {
        GroupState busy = after(
                intending(steady(), "1 b"),
                new GroupEvent.PrimarySuspected(1, RuleId.PRIMARY_SUSPECTED, "a", "b", "silent", List.of()),
                new GroupEvent.FailoverHeld(1, RuleId.FAILOVER_NO_QUORUM, "c", List.of("c"), List.of()),
                new GroupEvent.RebuildStarted(
                        1, RuleId.REBUILD_STARTED, "d", GroupEvent.RebuildMethod.CLONE, "no data"));
        GroupState begun = started(busy);
        assertEquals(names(""), begun.suspectedBy());
        assertEquals(null, begun.held());
        assertEquals(0, begun.rebuilding().size());
        GroupState opened = after(Groups.authorized(begun, "b", 90, "1 c", 1), established(2, "b", reign(2, 90)));
        assertEquals(null, opened.intent());
        assertEquals(null, opened.failover());
        assertEquals(null, opened.promotion());
        assertEquals(Phase.ESTABLISHED, opened.phase());
        assertEquals("ANY 1 (c)", opened.syncSet().toString());
        assertEquals(1, opened.barrierCount());
    }

    @Test
    @DisplayName("a member is fenced until it has joined again, or is established itself")
    void fenced() {
        GroupState fenced =
                after(started(steady()), new PrimaryFenced(2, RuleId.FENCED, "a", Fencing.VERIFIED_DEAD, "no process"));
        assertEquals(names("a"), names(String.join(" ", fenced.fenced().keySet())));
        GroupState opened = after(Groups.authorized(fenced, "b", 90, "1 c", 1), established(2, "b", reign(2, 90)));
        assertEquals(1, opened.fenced().size());
        GroupState joined = after(opened, new GroupEvent.MemberJoined(2, RuleId.REBUILD_DONE, "a", new Lsn(200)));
        assertEquals(0, joined.fenced().size());
        GroupState again = after(Groups.authorized(fenced, "a", 95, "none", 1), established(2, "a", reign(2, 95)));
        assertEquals(0, again.fenced().size());
    }

    @Test
    @DisplayName("a stuck member is in its alarm until it is rebuilt, has joined or is established")
    void stuck() {
        GroupState stuck = after(steady(), new GroupEvent.MemberStuck(1, RuleId.MEMBER_STUCK, "d", "disk full"));
        assertEquals("disk full", stuck.stuck().get("d"));
        GroupState rebuilding = after(
                stuck,
                new GroupEvent.RebuildStarted(
                        1, RuleId.REBUILD_STARTED, "d", GroupEvent.RebuildMethod.CLONE, "a person freed the disk"));
        assertEquals(0, rebuilding.stuck().size());
        GroupState joined = after(stuck, new GroupEvent.MemberJoined(1, RuleId.REBUILD_DONE, "d", new Lsn(9)));
        assertEquals(0, joined.stuck().size());
    }

    @Test
    @DisplayName("completed failovers are counted when they began, those that a person ordered are not")
    void counted() {
        assertEquals(List.of(Groups.NOW_MS), secondReign(SETTINGS).failoversAtMs());
        GroupState ordered = Groups.authorized(started(steady(), "b", ORDER), "b", 90, "1 c", 1);
        assertEquals(
                List.of(), after(ordered, established(2, "b", reign(2, 90))).failoversAtMs());
    }

    @Test
    @DisplayName("each restart behind a barrier is counted, so that each opening has one of its own")
    void barriers() {
        GroupState restarted = after(
                steady(),
                new GroupEvent.RestartBarrier(1, RuleId.BARRIER_PASSED, "a", new Lsn(77), names("b"), "crashed"));
        assertEquals(2, restarted.barrierCount());
        assertEquals(new Lsn(77), restarted.barrierLsn());
    }

    @Test
    @DisplayName("a state once given is never changed by later events")
    void immutable() {
        GroupState before = steady();
        String text = before.toString();
        GroupState later =
                after(started(before), new PrimaryFenced(2, RuleId.FENCED, "a", Fencing.VERIFIED_DEAD, "no process"));
        assertEquals(text, before.toString());
        assertThrows(UnsupportedOperationException.class, () -> later.fenced().clear());
        assertThrows(UnsupportedOperationException.class, () -> later.members().clear());
    }
}
