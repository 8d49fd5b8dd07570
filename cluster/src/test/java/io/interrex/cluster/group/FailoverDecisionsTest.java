package io.interrex.cluster.group;

import static io.interrex.cluster.group.Facts.evidence;
import static io.interrex.cluster.group.Facts.names;
import static io.interrex.cluster.group.Groups.AFTER_EXPIRY;
import static io.interrex.cluster.group.Groups.EXPIRES_MS;
import static io.interrex.cluster.group.Groups.ORDER;
import static io.interrex.cluster.group.Groups.SETTINGS;
import static io.interrex.cluster.group.Groups.STAMP;
import static io.interrex.cluster.group.Groups.authorized;
import static io.interrex.cluster.group.Groups.degraded;
import static io.interrex.cluster.group.Groups.intending;
import static io.interrex.cluster.group.Groups.members;
import static io.interrex.cluster.group.Groups.paused;
import static io.interrex.cluster.group.Groups.secondReign;
import static io.interrex.cluster.group.Groups.start;
import static io.interrex.cluster.group.Groups.started;
import static io.interrex.cluster.group.Groups.steady;
import static io.interrex.cluster.group.Groups.switchingOver;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupCommand.StartFailover;
import io.interrex.cluster.group.GroupEvent.FailoverHeld;
import io.interrex.cluster.group.GroupEvent.FailoverStarted;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given the groups of {@link Groups}: voters a, b and c, suspect 800 ms; what the voters say is written as in {@link Facts}. */
@DisplayName("A failover")
class FailoverDecisionsTest {

    private static final String SILENT = "a~starting b~900 c~900";

    @ParameterizedTest(name = "voters say [{0}] => {1}")
    @CsvSource({
        "b~800 c~800,                  FAILOVER_BY_MAJORITY",
        "a~800 b~800 c~10,             FAILOVER_BY_MAJORITY",
        "b~799 c~800,                  FAILOVER_NO_MAJORITY",
        "b~9000,                       FAILOVER_NO_MAJORITY",
        "b~9000 b~9000,                FAILOVER_NO_MAJORITY",
        "b~9000 x~9000 y~9000,         FAILOVER_NO_MAJORITY",
        "b~9000 a~starting c~starting, FAILOVER_NO_MAJORITY",
        "a~10 c~10 b~9000,             FAILOVER_LEASE_ALIVE",
        "a~10 c~10,                    FAILOVER_LEASE_ALIVE",
        "b~900 c~900 b<wal,            FAILOVER_LEASE_ALIVE",
        "b~1199 c~1199 b<wal,          FAILOVER_LEASE_ALIVE",
        "b~1199 c~1200 b<wal,          FAILOVER_BY_MAJORITY",
        "a~900 b~1200 c~1200 b<wal,    FAILOVER_BY_MAJORITY",
        "b~released c~900 b<wal,       FAILOVER_BY_MAJORITY",
        "a:dead:90 b~900 c~900 b<wal,  FAILOVER_BY_MAJORITY",
        "b~released,                   FAILOVER_BY_MAJORITY",
        "b~released a~10 c~10,         FAILOVER_BY_MAJORITY",
        "b~released^0 a~10 c~10,       FAILOVER_LEASE_ALIVE",
        "a:dead:90 b~10 c~10,          FAILOVER_BY_MAJORITY",
        "a:dead:90^0 b~10 c~10,        FAILOVER_LEASE_ALIVE",
        "b:dead:90 a~10 c~10,          FAILOVER_LEASE_ALIVE",
    })
    @DisplayName(
            "starts when a majority of the configured voters was not heard for 'suspect', or a release, or a death")
    void majority(String facts, RuleId rule) {
        assertEquals(rule, start(steady(), Reason.LEASE_SILENT, facts, "b c").rule());
    }

    @ParameterizedTest(name = "ANY {0}, [{1}] in reach => started: {2}, missing {3}")
    @CsvSource({
        "1 b c,   b c,   true,",
        "1 b c,   b,     false, c",
        "1 b c,   b d,   false, c",
        "1 b c,   '',    false, b c",
        "2 b c,   b,     true,",
        "1 b c d, b c,   false, d",
        "2 b c d, b c,   true,",
        "1 b c,   a,     true,",
        "none,    b c d, false, a",
        "none,    a,     true,",
    })
    @DisplayName("is held while neither |S|-k+1 standbys nor the primary itself are in reach, and says who is missing")
    void quorum(String rule, String reach, boolean started, @Nullable String missing) {
        Decision decision = start(steady(SETTINGS, members(), rule), Reason.LEASE_SILENT, SILENT, reach);
        assertEquals(started, decision.accepted(), decision.why());
        if (!started) {
            assertEquals(RuleId.FAILOVER_NO_QUORUM, decision.rule());
            var held = assertInstanceOf(FailoverHeld.class, decision.events().getFirst());
            assertEquals(List.copyOf(names(missing)), held.missing());
        }
    }

    @Test
    @DisplayName("needs a quorum of both configurations while a change of the commit rule is not proven")
    void joint() {
        GroupState changing = intending(steady(), "1 b c d");
        assertEquals(
                RuleId.FAILOVER_NO_QUORUM,
                start(changing, Reason.LEASE_SILENT, SILENT, "b c").rule());
        assertTrue(start(changing, Reason.LEASE_SILENT, SILENT, "b c d").accepted());
    }

    @Test
    @DisplayName("ordered by a person does not count on the primary, which may be well and unwilling")
    void orderedNeedsStandbys() {
        assertEquals(
                RuleId.FAILOVER_NO_QUORUM,
                start(degraded(), Reason.ORDERED, "", "a b c").rule());
    }

    @Test
    @DisplayName("of an asynchronous group needs one member in reach")
    void asynchronous() {
        GroupState async = steady(Groups.asynchronous(100), members(), "none");
        assertTrue(start(async, Reason.LEASE_SILENT, SILENT, "d").accepted());
        assertEquals(
                RuleId.FAILOVER_NO_QUORUM,
                start(async, Reason.LEASE_SILENT, SILENT, "").rule());
    }

    /** The simulator's find: a group whose primary gave its lease back while degraded stood still for ever. */
    @Test
    @DisplayName("of a degraded group whose primary gave its lease back starts for that primary, which is in reach")
    void releasedWhileDegraded() {
        Decision decision = start(degraded(), Reason.RELEASED, "b~released", "a b c");
        assertTrue(decision.accepted(), decision.why());
        GroupState started = Groups.after(degraded(), decision.events().getFirst());
        Decision promotion = Groups.authorize(started, "a:dead:95 b:90 c:90");
        var authorized = assertInstanceOf(
                GroupEvent.PromotionAuthorized.class, promotion.events().getFirst());
        assertEquals("a", authorized.candidate());
    }

    /** The simulator's find: a release of an epoch before this one started a failover of a healthy primary. */
    @Test
    @DisplayName("does not start by a release that a voter remembers of an older epoch")
    void releaseOfHistory() {
        GroupState later = secondReign(SETTINGS);
        Decision decision = start(later, Reason.LEASE_SILENT, "a~released^1 b~10 c~10", "a c");
        assertEquals(RuleId.FAILOVER_LEASE_ALIVE, decision.rule());
        assertEquals(List.of(), decision.events());
    }

    @Test
    @DisplayName("names the new epoch, its owner, its expiry, the order and its target")
    void event() {
        Decision decision = start(switchingOver(steady(), "c"), Reason.SWITCHOVER, "a~released", "b c");
        var started = assertInstanceOf(FailoverStarted.class, decision.events().getFirst());
        assertEquals(2, started.epoch());
        assertEquals("a", started.previous());
        assertEquals("b", started.owner());
        assertEquals(EXPIRES_MS, started.expiresAtMs());
        assertEquals("c", started.target());
        assertEquals(ORDER, started.operation());
        assertEquals(Reason.SWITCHOVER, started.reason());
    }

    @ParameterizedTest(name = "asked for epoch {0} while epoch 2 is current => {1}")
    @CsvSource({"1, FAILOVER_STALE", "3, FAILOVER_STALE", "2, FAILOVER_BY_MAJORITY"})
    void epoch(long epoch, RuleId rule) {
        var command = new StartFailover(STAMP, epoch, Reason.RELEASED, evidence("b~released", epoch), names("a c"));
        assertEquals(rule, GroupDecider.decide(secondReign(SETTINGS), command).rule());
    }

    @ParameterizedTest(name = "{0} ms before its expiry, a wall clock {1} ms ahead => {2}")
    @CsvSource({
        "1, 0, FAILOVER_RUNNING",
        "0, 0, FAILOVER_BY_MAJORITY",
        "-1, 0, FAILOVER_BY_MAJORITY",
        "1, 3600000, FAILOVER_RUNNING",
        "0, -3600000, FAILOVER_BY_MAJORITY",
    })
    @DisplayName(
            "that runs is not begun again before it has expired, and then with the next epoch; no wall clock counts")
    void expiry(long beforeMs, long wallStepMs, RuleId rule) {
        for (GroupState running : List.of(started(steady()), authorized())) {
            var command = new StartFailover(
                    new Stamp("c", EXPIRES_MS - beforeMs + wallStepMs, 15_000 - beforeMs),
                    2,
                    Reason.EXPIRED,
                    List.of(),
                    names("b c"));
            Decision decision = GroupDecider.decide(running, command);
            assertEquals(rule, decision.rule());
            if (decision.accepted()) {
                var next = assertInstanceOf(
                        FailoverStarted.class, decision.events().getFirst());
                assertEquals(RuleId.FAILOVER_EXPIRED, next.rule());
                assertEquals(3, next.epoch());
                assertEquals(Reason.EXPIRED, next.reason());
            }
        }
    }

    @ParameterizedTest(name = "voters say [{0}] => {1}")
    @CsvSource({
        "c~released,   FAILOVER_BY_MAJORITY",
        "c~released^1, FAILOVER_RUNNING",
        "c~9000 b~9000, FAILOVER_RUNNING",
    })
    @DisplayName("whose candidate gave up its epoch is begun again before it expires")
    void candidateGaveUp(String facts, RuleId rule) {
        assertEquals(rule, start(authorized(), Reason.RELEASED, facts, "b c").rule());
    }

    @ParameterizedTest(name = "{2} ms after the epoch began voters say [{0}], [{1}] in reach => {3}")
    @CsvSource({
        "a~800 c~800,          a c,   800, FAILOVER_BY_MAJORITY",
        "a~800 b~10 c~800,     a c,   800, FAILOVER_BY_MAJORITY",
        "a~800 c~800,          a c,   799, FAILOVER_RUNNING",
        "a~799 c~800,          a c,   800, FAILOVER_RUNNING",
        "a~starting c~9000,    a c,   800, FAILOVER_RUNNING",
        "c~9000 x~9000,        a c,   800, FAILOVER_RUNNING",
        "a~9000 c~9000,        a b c, 800, FAILOVER_RUNNING",
        "a~9000 c~9000,        d,     800, FAILOVER_NO_QUORUM",
    })
    @DisplayName(
            "whose candidate is not in reach, and is not heard by a majority of voters, is begun again before it expires")
    void candidateLost(String facts, String reach, long forMs, RuleId rule) {
        var command = new StartFailover(
                new Stamp("c", Groups.NOW_MS, forMs), 2, Reason.EXPIRED, evidence(facts, 2), names(reach));
        Decision decision = GroupDecider.decide(authorized(), command);
        assertEquals(rule, decision.rule());
        if (decision.accepted()) {
            var next = assertInstanceOf(FailoverStarted.class, decision.events().getFirst());
            assertEquals(3, next.epoch());
            assertEquals(RuleId.FAILOVER_BY_MAJORITY, next.rule());
            assertEquals("a", next.previous());
        }
        assertEquals(
                RuleId.FAILOVER_RUNNING,
                GroupDecider.decide(started(steady()), command).rule(),
                "nobody has been named yet: who was to be revoked is asked until the expiry");
    }

    @Test
    @DisplayName("that was held is held no more when its candidate is established")
    void heldUntilEstablished() {
        Decision held = GroupDecider.decide(
                authorized(), new StartFailover(AFTER_EXPIRY, 2, Reason.EXPIRED, List.of(), names("d")));
        GroupState later = Groups.after(authorized(), held.events().getFirst());
        assertEquals(RuleId.FAILOVER_NO_QUORUM, later.held());
        GroupState established = Groups.after(
                later,
                new GroupEvent.PrimaryEstablished(
                        2,
                        RuleId.ESTABLISHED,
                        "b",
                        Facts.reign(2, 90),
                        Facts.reign(2, 100).switchLsn(),
                        names("c"),
                        "7"));
        assertNull(established.held());
    }

    @Test
    @DisplayName("after an expired one needs both the old configuration and that of the promotion that never opened")
    void unestablishedBindsToo() {
        var again = new StartFailover(AFTER_EXPIRY, 2, Reason.EXPIRED, List.of(), names("b"));
        GroupState authorized = Groups.authorized(started(steady()), "b", 90, "1 c d", 1);
        Decision third = GroupDecider.decide(authorized, again);
        assertEquals(RuleId.FAILOVER_NO_QUORUM, third.rule(), "b and c must be in reach for epoch 1");
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource({
        "LEASE_SILENT, FAILOVER_PAUSED",
        "RELEASED, FAILOVER_PAUSED",
        "SWITCHOVER, FAILOVER_BY_MAJORITY",
        "ORDERED, FAILOVER_BY_MAJORITY"
    })
    @DisplayName("of a paused group is a person's")
    void onlyPeople(Reason reason, RuleId rule) {
        assertEquals(rule, start(paused(steady()), reason, "b~released", "b c").rule());
    }

    @ParameterizedTest(name = "{0} ms after the last one, by {1} => {2}")
    @CsvSource({
        "      1, LEASE_SILENT, FAILOVER_TOO_MANY",
        "3600000, LEASE_SILENT, FAILOVER_TOO_MANY",
        "3600001, LEASE_SILENT, FAILOVER_BY_MAJORITY",
        "      1, ORDERED,      FAILOVER_BY_MAJORITY",
        "      1, SWITCHOVER,   FAILOVER_BY_MAJORITY",
    })
    @DisplayName("that would be one too many within the window is a person's")
    void tooMany(long laterMs, Reason reason, RuleId rule) {
        GroupState once = secondReign(Groups.copies(1));
        var command = new StartFailover(
                new Stamp("c", Groups.NOW_MS + laterMs), 2, reason, evidence("a~released", 2), names("a c"));
        assertEquals(rule, GroupDecider.decide(once, command).rule());
    }

    @Test
    @DisplayName("that is held for a reason leaves one event for it, and another for another reason")
    void heldOnce() {
        Decision first = start(steady(), Reason.LEASE_SILENT, SILENT, "b");
        GroupState held = Groups.after(steady(), first.events().getFirst());
        Decision again = start(held, Reason.LEASE_SILENT, SILENT, "b");
        assertEquals(RuleId.FAILOVER_NO_QUORUM, again.rule());
        assertEquals(List.of(), again.events());
        Decision other = start(held, Reason.LEASE_SILENT, "b~9000", "b");
        assertInstanceOf(FailoverHeld.class, other.events().getFirst());
    }

    /** The story's find: a hold was shown for ever after the primary had come back. */
    @Test
    @DisplayName("is no longer held when the last suspicion is cleared, or the primary proved a commit")
    void holdEnds() {
        GroupState held = Groups.after(
                steady(),
                new GroupEvent.PrimarySuspected(1, RuleId.PRIMARY_SUSPECTED, "a", "b", "silent", List.of()),
                new GroupEvent.PrimarySuspected(1, RuleId.PRIMARY_SUSPECTED, "a", "c", "silent", List.of()),
                start(steady(), Reason.LEASE_SILENT, SILENT, "b").events().getFirst());
        assertEquals(RuleId.FAILOVER_NO_QUORUM, held.held());
        GroupState one =
                Groups.after(held, new GroupEvent.SuspicionCleared(1, RuleId.SUSPICION_CLEARED, "a", "b", "heard"));
        assertEquals(RuleId.FAILOVER_NO_QUORUM, one.held());
        GroupState both =
                Groups.after(one, new GroupEvent.SuspicionCleared(1, RuleId.SUSPICION_CLEARED, "a", "c", "heard"));
        assertNull(both.held());
        GroupState proven = Groups.after(
                held,
                new GroupEvent.SyncSetApplied(
                        1,
                        RuleId.SYNC_SET_APPLIED,
                        Facts.syncSet("1 b"),
                        Facts.reign(1, 50).switchLsn(),
                        names("b")));
        assertNull(proven.held());
    }
}
