package io.interrex.cluster.group;

import static io.interrex.cluster.group.Facts.evidence;
import static io.interrex.cluster.group.Facts.names;
import static io.interrex.cluster.group.Facts.reign;
import static io.interrex.cluster.group.Facts.syncSet;
import static io.interrex.cluster.group.Facts.uuid;
import static io.interrex.cluster.group.Groups.AFTER_EXPIRY;
import static io.interrex.cluster.group.Groups.ORDER;
import static io.interrex.cluster.group.Groups.SETTINGS;
import static io.interrex.cluster.group.Groups.STAMP;
import static io.interrex.cluster.group.Groups.after;
import static io.interrex.cluster.group.Groups.authorize;
import static io.interrex.cluster.group.Groups.authorized;
import static io.interrex.cluster.group.Groups.intending;
import static io.interrex.cluster.group.Groups.members;
import static io.interrex.cluster.group.Groups.secondReign;
import static io.interrex.cluster.group.Groups.started;
import static io.interrex.cluster.group.Groups.steady;
import static io.interrex.cluster.group.Groups.switchingOver;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupCommand.AuthorizePromotion;
import io.interrex.cluster.group.GroupCommand.ReportEstablished;
import io.interrex.cluster.group.GroupCommand.ReportRestarted;
import io.interrex.cluster.group.GroupEvent.OperationFinished;
import io.interrex.cluster.group.GroupEvent.PrimaryFenced;
import io.interrex.cluster.group.GroupEvent.PromotionAuthorized;
import io.interrex.cluster.settings.GroupSettings;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given the groups of {@link Groups}, a failover that was begun, and what the members answered ({@link Facts}). */
@DisplayName("A promotion")
class PromotionDecisionsTest {

    private static PromotionAuthorized accepted(Decision decision) {
        assertTrue(decision.accepted(), decision.why());
        return assertInstanceOf(PromotionAuthorized.class, decision.events().getFirst());
    }

    @ParameterizedTest(name = "[{0}] => {1} from {2} with {3}")
    @CsvSource({
        "b:90 c:80,                b, 90, ANY 1 (c)",
        "b:80 c:90,                c, 90, ANY 1 (b)",
        "b:90 c:90 d:90,           b, 90, 'ANY 1 (c, d)'",
        "b:90 c:90 d:10,           b, 90, 'ANY 1 (c, d)'",
        "b:90 c:90 d:99/1x,        b, 90, ANY 1 (c)",
        "b:90 c:90 d:99@8,         b, 90, ANY 1 (c)",
        "b:90 c:90 d:none a:none,  b, 90, ANY 1 (c)",
        "b:90 c:90 d:99^1,         b, 90, ANY 1 (c)",
        "b:90 c:90 a:95,           b, 90, ANY 1 (c)",
        "b:90 c:80 d:99,           d, 99, 'ANY 1 (b, c)'",
        "a:stopped:90 b:90,        b, 90, none",
    })
    @DisplayName("goes to the best, whose commits then wait for the others that promised and are sound")
    void newRule(String facts, String candidate, long floor, String rule) {
        PromotionAuthorized promotion = accepted(authorize(started(steady()), facts));
        assertEquals(candidate, promotion.candidate());
        assertEquals(new Lsn(floor), promotion.floorLsn());
        assertEquals(syncSet(rule), promotion.syncSet());
        assertEquals(uuid(2), promotion.uuid());
        assertEquals(1, promotion.baseEpoch());
        assertEquals(uuid(1), promotion.baseUuid());
    }

    @ParameterizedTest(name = "[{0}] => {1} with {2}")
    @CsvSource({
        "b:95t2 c:90,      b, ANY 1 (c)",
        "b:95t2 c:92t2,    b, ANY 1 (c)",
        "b:95t2 c:90 d:99, d, ANY 1 (c)",
    })
    @DisplayName("has no standby that may hold another promotion's unmarked WAL, unless only that one can have made it")
    void unmarkedTimeline(String facts, String candidate, String rule) {
        GroupState fell = started(authorized(started(steady()), "b", 90, "1 c", 1));
        PromotionAuthorized promotion = accepted(authorize(fell, facts));
        assertEquals(candidate, promotion.candidate());
        assertEquals(syncSet(rule), promotion.syncSet());
        GroupState twice = started(authorized(fell, "d", 99, "1 c", 1));
        assertEquals(
                syncSet(facts.contains("c:92t2") ? "1 d" : "ANY 1 (c, d)"),
                accepted(authorize(twice, "b:95t2 d:90 " + facts.split(" ")[1])).syncSet());
    }

    @ParameterizedTest(name = "k = {0}, [{1}] => {2}")
    @CsvSource({"1, b:90 c:90, ANY 1 (c)", "2, b:90 c:90 d:90, 'ANY 2 (c, d)'", "2, b:90 c:90, ANY 1 (c)"})
    @DisplayName("keeps k where enough members are left, else names the smaller one")
    void smallerK(int k, String facts, String rule) {
        GroupSettings settings = Groups.copies(k);
        GroupState state = started(steady(settings, members(), k == 1 ? "1 b c" : "2 b c d"));
        assertEquals(syncSet(rule), accepted(authorize(state, facts)).syncSet());
    }

    @Test
    @DisplayName("never lets commits wait for a member that is tagged nosync, but for one that is tagged nofailover")
    void tags() {
        var tagged = List.of(Groups.member("a"), Groups.member("b"), Groups.nosync("c"), Groups.nofailover("d"));
        GroupState state = started(steady(SETTINGS, tagged, "1 b d"));
        assertEquals(
                syncSet("1 d"), accepted(authorize(state, "b:90 c:90 d:90")).syncSet());
    }

    @Test
    @DisplayName("records that the old primary is dead, or stopped cleanly, with the decision that used it")
    void fenced() {
        Decision dead = authorize(started(steady()), "b:90 c:80 a:dead:95");
        assertEquals(
                Fencing.VERIFIED_DEAD,
                assertInstanceOf(PrimaryFenced.class, dead.events().getLast()).how());
        Decision stopped = authorize(started(steady()), "b:90 c:80 a:stopped:90");
        assertEquals(
                Fencing.RELEASED,
                assertInstanceOf(PrimaryFenced.class, stopped.events().getLast())
                        .how());
        Decision silent = authorize(started(steady()), "b:90 c:80 a:none d:dead:7");
        assertEquals(1, silent.events().size());
    }

    @ParameterizedTest(name = "the last known position was {0} => {1}")
    @CsvSource({"190, PROMOTION_AUTHORIZED", "191, PROMOTION_LAG_OVER_CAP", "0, PROMOTION_AUTHORIZED"})
    @DisplayName("of an asynchronous group may lose at most max-lag (100 bytes)")
    void lag(long last, RuleId rule) {
        GroupState async = started(steady(Groups.asynchronous(100), members(), "none"));
        assertEquals(rule, authorize(async, "b:90", last).rule());
    }

    @ParameterizedTest(name = "[{0}], the last known position was {1} => {2}")
    @CsvSource({
        "a:dead:95,        0,   a",
        "a:dead:95 d:none, 0,   a",
        "a:dead:195 b:90,  191, a",
        "a:dead:95 b:90,   95,  b",
        "a:none b:none,    0,   ''",
    })
    @DisplayName(
            "of an asynchronous group goes back to its dead primary where nobody else may be promoted (seed 62119)")
    void backWithoutLoss(String facts, long last, String candidate) {
        GroupState async = started(steady(Groups.asynchronous(100), members(), "none"));
        Decision decision = authorize(async, facts, last);
        assertEquals(!candidate.isEmpty(), decision.accepted());
        if (decision.accepted()) {
            PromotionAuthorized promotion = accepted(decision);
            assertEquals(candidate, promotion.candidate());
            assertEquals(syncSet("none"), promotion.syncSet());
        }
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource({"degrade, PROMOTION_AUTHORIZED", "wait, PROMOTION_NO_STANDBY_LEFT", "strict, PROMOTION_NO_STANDBY_LEFT"
    })
    @DisplayName("that leaves nobody to hold a copy is a matter of policy")
    void nobodyLeft(String policy, RuleId rule) {
        GroupSettings settings =
                policy.equals("wait") ? Groups.waiting() : policy.equals("strict") ? Groups.strict(1) : SETTINGS;
        GroupState state = started(steady(settings, members(), "1 b"));
        assertEquals(rule, authorize(state, "b:90").rule());
    }

    @ParameterizedTest(name = "epoch {0} is asked about, {1} is {2} => {3}")
    @CsvSource({
        "1, 2, STARTED, FAILOVER_STALE",
        "3, 2, STARTED, FAILOVER_STALE",
        "2, 2, AUTHORIZED, FAILOVER_STALE",
        "2, 2, ESTABLISHED, FAILOVER_STALE",
        "2, 2, STARTED, PROMOTION_AUTHORIZED",
    })
    @DisplayName("is authorized once, for the epoch that was begun")
    void once(long asked, long current, GroupState.Phase phase, RuleId rule) {
        GroupState state = switch (phase) {
            case CREATED -> throw new IllegalArgumentException("no failover runs");
            case STARTED -> started(steady());
            case AUTHORIZED -> authorized();
            case ESTABLISHED -> secondReign(SETTINGS);
        };
        assertEquals(current, state.epoch());
        var command = new AuthorizePromotion(STAMP, asked, evidence("b:90 c:90", asked), uuid(asked), Lsn.ZERO);
        assertEquals(rule, GroupDecider.decide(state, command).rule());
    }

    @Test
    @DisplayName("is refused after the expiry of its failover, whatever was answered")
    void expired() {
        var command = new AuthorizePromotion(AFTER_EXPIRY, 2, evidence("b:90 c:90", 2), uuid(2), Lsn.ZERO);
        Decision decision = GroupDecider.decide(started(steady()), command);
        assertEquals(RuleId.FAILOVER_EXPIRED, decision.rule());
        assertFalse(decision.accepted());
    }

    @ParameterizedTest(name = "[{0}] => {1}")
    @CsvSource({
        "b:90/2,         b",
        "b:90,           b",
        "b:89 c:90,      c",
        "b:95/2 c:90,    b",
        "c:90,           c",
        "b:89,           ",
        "c:89,           ",
        "d:90,           ",
    })
    @DisplayName("after one that was never established (b from 90, with c) goes to whom that one bound, or nobody")
    void afterUnestablished(String facts, @Nullable String candidate) {
        GroupState third = started(authorized());
        Decision decision = authorize(third, facts);
        assertEquals(candidate != null, decision.accepted(), decision.why());
        if (candidate != null) {
            assertEquals(candidate, accepted(decision).candidate());
        }
    }

    @ParameterizedTest(name = "{0} reports epoch {1} with uuid {2}, flushed by [{3}] => {4}")
    @CsvSource({
        "b, 2, 2, c,   ESTABLISHED,             true",
        "b, 2, 2, c d, ESTABLISHED,             true",
        "b, 2, 2, d,   ESTABLISHED_NOT_FLUSHED, false",
        "b, 2, 2, '',  ESTABLISHED_NOT_FLUSHED, false",
        "b, 2, 1, c,   FAILOVER_STALE,          false",
        "c, 2, 2, c,   FAILOVER_STALE,          false",
        "b, 1, 2, c,   FAILOVER_STALE,          false",
        "b, 3, 2, c,   FAILOVER_STALE,          false",
    })
    @DisplayName("ends in a reign when its marker is on k of its standbys, and only for whom it was meant")
    void established(String member, long epoch, long uuid, String flushedBy, RuleId rule, boolean accepted) {
        var reign = new io.interrex.cluster.durability.Reign(epoch, uuid(uuid), 2, new Lsn(90));
        var report = new ReportEstablished(STAMP, epoch, member, reign, new Lsn(100), names(flushedBy), "7");
        Decision decision = GroupDecider.decide(authorized(), report);
        assertEquals(rule, decision.rule());
        assertEquals(accepted, decision.accepted());
    }

    @Test
    @DisplayName("that is established twice changes nothing the second time")
    void establishedAgain() {
        var report = new ReportEstablished(STAMP, 2, "b", reign(2, 90), new Lsn(100), names("c"), "7");
        Decision again = GroupDecider.decide(secondReign(SETTINGS), report);
        assertFalse(again.accepted());
        assertEquals(List.of(), again.events());
    }

    @Test
    @DisplayName("before anybody was authorized establishes nobody but the first member, in epoch 1")
    void first() {
        GroupState created = Groups.created(SETTINGS, members());
        assertTrue(GroupDecider.decide(created, establishing("a", 1)).accepted());
        assertFalse(GroupDecider.decide(created, establishing("b", 1)).accepted());
        assertFalse(GroupDecider.decide(started(steady()), establishing("b", 2)).accepted());
    }

    private static ReportEstablished establishing(String member, long epoch) {
        return new ReportEstablished(STAMP, epoch, member, reign(epoch, 0), new Lsn(10), names("c"), "7");
    }

    @ParameterizedTest(name = "ordered to {0}, {1} is established => succeeded: {2}")
    @CsvSource({"b, b, true", "c, b, false"})
    @DisplayName("finishes a switchover with what came of it")
    void switchover(String target, String member, boolean succeeded) {
        GroupState state =
                Groups.authorized(started(switchingOver(steady(), target), target, ORDER), member, 90, "1 c", 1);
        var report = new ReportEstablished(STAMP, 2, member, reign(2, 90), new Lsn(100), names("c"), "7");
        Decision decision = GroupDecider.decide(state, report);
        var finished =
                assertInstanceOf(OperationFinished.class, decision.events().getLast());
        assertEquals(ORDER, finished.operation());
        assertEquals(succeeded, finished.succeeded());
    }

    @ParameterizedTest(name = "ANY {0} and intent [{1}], end of WAL flushed by [{2}] => {3}")
    @CsvSource({
        "1 b c, '',    b,   BARRIER_PASSED",
        "1 b c, '',    d,   BARRIER_NOT_FLUSHED",
        "2 b c, '',    b,   BARRIER_NOT_FLUSHED",
        "2 b c, '',    b c, BARRIER_PASSED",
        "1 b,   1 c,   b,   BARRIER_NOT_FLUSHED",
        "1 b,   1 c,   c,   BARRIER_NOT_FLUSHED",
        "1 b,   1 c,   b c, BARRIER_PASSED",
        "none,  '',    '',  BARRIER_PASSED",
    })
    @DisplayName("is not needed by a restarted primary whose end of WAL is on k standbys of every live configuration")
    void restarted(String rule, String intent, String flushedBy, RuleId expected) {
        GroupState state = steady(SETTINGS, members(), rule);
        state = intent.isEmpty() ? state : intending(state, intent);
        var report = new ReportRestarted(STAMP, 1, "a", new Lsn(50), names(flushedBy), "crashed");
        assertEquals(expected, GroupDecider.decide(state, report).rule());
    }

    @Test
    @DisplayName("barrier that is in the log already is not recorded again (simulator's find)")
    void restartedTwice() {
        var report = new ReportRestarted(STAMP, 1, "a", new Lsn(50), names("b"), "crashed");
        Decision first = GroupDecider.decide(steady(), report);
        GroupState opened = Groups.after(steady(), first.events().getFirst());
        Decision again = GroupDecider.decide(opened, report);
        assertEquals(RuleId.ORDER_ALREADY, again.rule());
        assertEquals(List.of(), again.events());
    }

    @ParameterizedTest(name = "{0} in epoch {1} => {2}")
    @CsvSource({"a, 1, BARRIER_PASSED", "b, 1, FAILOVER_STALE", "a, 0, FAILOVER_STALE", "a, 2, FAILOVER_STALE"})
    @DisplayName("barrier is the current primary's only")
    void whoRestarted(String member, long epoch, RuleId rule) {
        var report = new ReportRestarted(STAMP, epoch, member, new Lsn(50), names("b"), "crashed");
        assertEquals(rule, GroupDecider.decide(steady(), report).rule());
        assertEquals(
                RuleId.FAILOVER_STALE,
                GroupDecider.decide(started(steady()), report).rule(),
                "and none while a failover runs");
    }

    @Test
    @DisplayName("of the former primary itself does not fence it")
    void formerAgain() {
        GroupState state = Groups.authorized(started(Groups.degraded()), "a", 95, "none", 1);
        var report = new ReportEstablished(STAMP, 2, "a", reign(2, 95), new Lsn(100), names(""), "7");
        Decision decision = GroupDecider.decide(state, report);
        assertEquals(1, decision.events().size(), decision.events().toString());
        assertEquals("a", after(state, decision.events().getFirst()).primary());
    }
}
