package io.interrex.cluster.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.Evidence.VoterView;
import io.interrex.cluster.group.GroupCommand.AuthorizePromotion;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupCommand.StartFailover;
import io.interrex.cluster.settings.GroupSettings;
import io.interrex.cluster.settings.Profile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Given primary a, voters a, b and c, commits that wait for one of b and c, profile fast: suspect 800 ms, grace 1000 ms. Who is
 * told of a hold, and when: only with evidence, only after the grace, only once.
 */
final class HoldsTest {

    private static final long NOW_MS = 1_000_000;
    private static final UUID REIGN = new UUID(0, 1);
    private static final Lsn LSN = new Lsn(100);
    private static final GroupSettings SETTINGS = GroupSettings.defaults(Profile.FAST.timings());

    private static GroupState steady() {
        List<MemberInfo> members = List.of("a", "b", "c").stream()
                .map(name -> new MemberInfo(name, "10.0.0.1", 5432, "z1", 0, false, false, false))
                .toList();
        SyncSet to = SyncSet.of(1, List.of("b", "c"));
        GroupState state = GroupEvolution.evolve(
                null,
                new GroupEvent.GroupCreated(
                        1, RuleId.GROUP_CREATED, "main", "a", REIGN, members, 1, List.of("a", "b", "c"), SETTINGS));
        return evolve(
                state,
                List.of(
                        new GroupEvent.PrimaryEstablished(
                                1,
                                RuleId.ESTABLISHED,
                                "a",
                                new Reign(1, REIGN, 1, Lsn.ZERO),
                                LSN,
                                new TreeSet<>(),
                                "7"),
                        new GroupEvent.SyncSetIntended(1, RuleId.SYNC_SET_GROWN, SyncSet.NONE, to, "they stream"),
                        new GroupEvent.SyncSetApplied(1, RuleId.SYNC_SET_APPLIED, to, LSN, to.standbys()),
                        new GroupEvent.DurabilityChanged(
                                1, RuleId.DURABILITY_RESTORED, GroupEvent.Durability.SYNC, "they stream")));
    }

    private static GroupState evolve(GroupState from, List<GroupEvent> events) {
        GroupState state = from;
        for (GroupEvent event : events) {
            state = GroupEvolution.evolve(state, event);
        }
        return state;
    }

    /** {@code b:1900 c:10 a:starting}: each voter with its silence, ms. */
    private static Decision start(GroupState state, String views, String reach) {
        var evidence = new ArrayList<Evidence>();
        for (String view : views.isBlank() ? new String[0] : views.strip().split(" +")) {
            String[] parts = view.split(":");
            boolean starting = parts[1].equals("starting");
            evidence.add(new VoterView(parts[0], 1, starting ? 0 : Long.parseLong(parts[1]), 0, false, starting));
        }
        return GroupDecider.decide(
                state,
                new StartFailover(
                        new Stamp("b", NOW_MS),
                        1,
                        Reason.LEASE_SILENT,
                        List.copyOf(evidence),
                        new TreeSet<>(Arrays.asList(reach.split("")))));
    }

    @ParameterizedTest(name = "voters say [{0}] => refused by {1}, recorded: {2}")
    @CsvSource({
        "'',                            FAILOVER_NO_MAJORITY, false",
        "b:0,                           FAILOVER_NO_MAJORITY, false",
        "b:starting,                    FAILOVER_NO_MAJORITY, false",
        "b:799,                         FAILOVER_NO_MAJORITY, false",
        "b:800,                         FAILOVER_NO_MAJORITY, false",
        "b:1799,                        FAILOVER_NO_MAJORITY, false",
        "b:1800,                        FAILOVER_NO_MAJORITY, true",
        "b:1800 a:starting c:starting,  FAILOVER_NO_MAJORITY, true",
        "x:1800,                        FAILOVER_NO_MAJORITY, false",
        "b:1800 a:10 c:10,              FAILOVER_LEASE_ALIVE, false"
    })
    void noMajority(String views, RuleId rule, boolean recorded) {
        Decision decision = start(steady(), views, "bc");
        assertFalse(decision.accepted());
        assertEquals(rule, decision.rule());
        assertEquals(recorded, !decision.events().isEmpty(), decision.events().toString());
    }

    @ParameterizedTest(name = "{0} ms after it began: {1}")
    @CsvSource({"15000, FAILOVER_RUNNING", "299999, FAILOVER_RUNNING", "300000, FAILOVER_BY_MAJORITY"})
    @DisplayName("an epoch that is held is not followed by another as soon as it expires")
    void heldEpochGoesOn(long forMs, RuleId rule) {
        GroupState held = held(Groups.started(Groups.steady()));
        var next = new StartFailover(
                new Stamp("b", NOW_MS, forMs), 2, Reason.EXPIRED, List.of(), new TreeSet<>(List.of("b", "c")));
        assertEquals(rule, GroupDecider.decide(held, next).rule());
    }

    @Test
    @DisplayName("an epoch that is held is decided as soon as one more answers, however late")
    void heldEpochIsDecided() {
        var late = new AuthorizePromotion(
                new Stamp("b", NOW_MS, 299_000), 2, Facts.evidence("b:90 c:80", 2), new UUID(0, 2), Lsn.ZERO);
        assertTrue(
                GroupDecider.decide(held(Groups.started(Groups.steady())), late).accepted());
    }

    @Test
    @DisplayName("what holds one epoch after another is recorded once, until somebody else holds it")
    void toldOnce() {
        GroupState again = Groups.after(
                held(Groups.started(Groups.steady())),
                new GroupEvent.FailoverStarted(
                        3, RuleId.FAILOVER_EXPIRED, "a", Reason.EXPIRED, List.of(), "b", NOW_MS, null, null));
        assertEquals(List.of(), Groups.authorize(again, "b:90").events());
    }

    private static GroupState held(GroupState started) {
        Decision decision = Groups.authorize(started, "b:90");
        assertInstanceOf(GroupEvent.FailoverHeld.class, decision.events().getFirst());
        return Groups.after(started, decision.events().getFirst());
    }

    @Test
    @DisplayName("a lost majority is recorded once, with its evidence, until the suspicion is over")
    void once() {
        Decision first = start(steady(), "b:1800", "bc");
        var held =
                assertInstanceOf(GroupEvent.FailoverHeld.class, first.events().getFirst());
        assertEquals(List.of("a", "c"), held.missing());
        assertEquals(1, held.evidence().size());
        GroupState told = evolve(steady(), first.events());
        assertEquals(List.of(), start(told, "b:2000", "bc").events());
    }

    @Test
    @DisplayName(
            "a majority agrees and no quorum is in reach: recorded at once, for their last signs of life are old already")
    void noQuorum() {
        Decision decision = start(steady(), "b:800 c:800", "b");
        assertEquals(RuleId.FAILOVER_NO_QUORUM, decision.rule());
        assertEquals(1, decision.events().size());
    }

    @Test
    @DisplayName("a paused group that nobody with a majority gave up is not told that a failover is held")
    void paused() {
        GroupState paused = evolve(
                steady(),
                List.of(new GroupEvent.ModeChanged(1, RuleId.ORDER_ACCEPTED, null, Mode.PAUSED, "eve", "work")));
        assertEquals(List.of(), start(paused, "b:10", "bc").events());
        Decision lost = start(paused, "b:800 c:800", "bc");
        assertEquals(RuleId.FAILOVER_PAUSED, lost.rule());
        assertEquals(1, lost.events().size());
    }

    @ParameterizedTest(name = "{0} ms after the failover began only b has answered => told: {1}")
    @CsvSource({"0, false", "300, false", "999, false", "1000, true", "5000, true"})
    void secondStandbyMissing(long afterMs, boolean told) {
        GroupState started = evolve(
                steady(),
                List.of(new GroupEvent.FailoverStarted(
                        2,
                        RuleId.FAILOVER_BY_MAJORITY,
                        "a",
                        Reason.LEASE_SILENT,
                        List.of(),
                        "b",
                        NOW_MS + SETTINGS.failoverExpires().toMillis(),
                        null,
                        null)));
        Decision decision = GroupDecider.decide(
                started,
                new AuthorizePromotion(
                        new Stamp("b", NOW_MS, afterMs),
                        2,
                        List.of(
                                new Evidence.Revoked("b", 2, LSN, 1, 1, REIGN, "7"),
                                new Evidence.NoAnswer("c", "did not answer")),
                        new UUID(0, 2),
                        Lsn.ZERO));
        assertFalse(decision.accepted());
        assertEquals(RuleId.PROMOTION_NO_QUORUM, decision.rule());
        assertEquals(told, !decision.events().isEmpty());
    }
}
