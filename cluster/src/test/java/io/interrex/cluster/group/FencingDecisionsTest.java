package io.interrex.cluster.group;

import static io.interrex.cluster.group.Facts.evidence;
import static io.interrex.cluster.group.Groups.after;
import static io.interrex.cluster.group.Groups.authorize;
import static io.interrex.cluster.group.Groups.members;
import static io.interrex.cluster.group.Groups.started;
import static io.interrex.cluster.group.Groups.steady;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.group.GroupCommand.OrderPowerOff;
import io.interrex.cluster.group.GroupCommand.ReportPowerOff;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupEvent.FencingStepTaken;
import io.interrex.cluster.group.GroupEvent.PrimaryFenced;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Given primary a of epoch 1 in a group whose hosts can be powered off, and epoch 2 begun by b; commits wait for one of b and c. */
@DisplayName("Powering a host off")
final class FencingDecisionsTest {

    private static final String PROMISED = "a~0 b~0 c~0";

    /** Epoch 2 has begun. */
    static GroupState begun() {
        return started(steady(Groups.SETTINGS.withPowerOff(true), members(), "1 b c"));
    }

    /** And nothing but the proof is missing. */
    static GroupState waiting() {
        return taken(begun(), authorize(begun(), "b:90 c:90 a:none"));
    }

    static GroupState taken(GroupState state, Decision decision) {
        return after(state, decision.events().toArray(GroupEvent[]::new));
    }

    private static Stamp at(String node, long laterMs) {
        return new Stamp(node, Groups.NOW_MS + laterMs, 2_000);
    }

    static OrderPowerOff order(String node, int attempt, String facts, long laterMs) {
        return new OrderPowerOff(at(node, laterMs), 2, "a", attempt, evidence(facts, 2));
    }

    static ReportPowerOff report(String node, int attempt, StepResult result) {
        return new ReportPowerOff(at(node, 900), 2, "a", attempt, result, "it said so");
    }

    /** b's hook runs, for the first time. */
    static GroupState ordered() {
        return taken(waiting(), GroupDecider.decide(waiting(), order("b", 1, PROMISED, 0)));
    }

    private static String rule(Decision decision) {
        return (decision.accepted() ? "accepted " : "refused ") + decision.rule();
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource({
        "b:90 c:90 a:none,     refused POWER_NEEDED",
        "b:90 c:90 a:dead:100, accepted PROMOTION_AUTHORIZED",
        "b:90 c:none a:none,   refused PROMOTION_NO_QUORUM",
        "c:none b:none a:none, refused PROMOTION_NO_QUORUM",
    })
    @DisplayName(
            "is needed where nothing else is missing: it replaces no promise of the standbys, and a dead primary needs none")
    void needed(String facts, String said) {
        assertEquals(said, rule(authorize(begun(), facts)));
    }

    @Test
    @DisplayName("is not needed where there is no hook, nor after a release")
    void notNeeded() {
        assertTrue(authorize(started(steady()), "b:90 c:90 a:none").accepted());
        GroupState released = after(
                steady(Groups.SETTINGS.withPowerOff(true), members(), "1 b c"),
                new GroupEvent.FailoverStarted(
                        2,
                        RuleId.FAILOVER_BY_MAJORITY,
                        "a",
                        Reason.RELEASED,
                        List.of(),
                        "b",
                        Groups.EXPIRES_MS,
                        null,
                        null));
        assertTrue(authorize(released, "b:90 c:90 a:none").accepted());
    }

    @ParameterizedTest(name = "by {0}, attempt {1}, voters {2} => {3}")
    @CsvSource({
        "b, 1, a~0 b~0 c~0,   accepted FENCING_STEP",
        "c, 1, b~0 c~0,       accepted FENCING_STEP",
        "a, 1, a~0 b~0 c~0,   refused POWER_SELF",
        "b, 2, a~0 b~0 c~0,   refused POWER_STALE",
        "b, 1, b~0,           refused POWER_VOTERS_FIRST",
        "b, 1, b~0 c~0^1,     refused POWER_VOTERS_FIRST",
        "b, 1, b~0 d~0,       refused POWER_VOTERS_FIRST",
    })
    @DisplayName("is ordered by another node, when a majority of voters has promised the epoch")
    void ordering(String node, int attempt, String voters, String said) {
        assertEquals(said, rule(GroupDecider.decide(waiting(), order(node, attempt, voters, 0))));
    }

    @Test
    @DisplayName("is not ordered before it is what the failover waits for")
    void notYet() {
        assertEquals("refused POWER_STALE", rule(GroupDecider.decide(begun(), order("b", 1, PROMISED, 0))));
        assertEquals("refused POWER_STALE", rule(GroupDecider.decide(steady(), order("b", 1, PROMISED, 0))));
        assertNull(FencingDecisions.awaited(begun()));
        assertEquals("a", FencingDecisions.awaited(waiting()));
    }

    @Test
    @DisplayName("is recorded step by step: network, process, power")
    void steps() {
        Decision decision = GroupDecider.decide(waiting(), order("b", 1, PROMISED + " a:none", 0));
        assertEquals(
                "NETWORK UNKNOWN, PROCESS UNKNOWN, POWER STARTED",
                decision.events().stream()
                        .map(e -> (FencingStepTaken) e)
                        .map(e -> e.step() + " " + e.result())
                        .collect(Collectors.joining(", ")));
    }

    @Test
    @DisplayName("is tried one at a time, and again a minute after the last attempt began")
    void again() {
        assertEquals("refused POWER_BUSY", rule(GroupDecider.decide(ordered(), order("c", 2, PROMISED, 59_999))));
        assertEquals("accepted FENCING_STEP", rule(GroupDecider.decide(ordered(), order("c", 2, PROMISED, 60_000))));
        GroupState refused = taken(ordered(), GroupDecider.decide(ordered(), report("b", 1, StepResult.REFUSED)));
        assertEquals("refused POWER_BUSY", rule(GroupDecider.decide(refused, order("c", 2, PROMISED, 59_999))));
        assertEquals("accepted FENCING_STEP", rule(GroupDecider.decide(refused, order("c", 2, PROMISED, 60_000))));
    }

    @ParameterizedTest
    @EnumSource(
            value = StepResult.class,
            names = {"REFUSED", "UNKNOWN"})
    @DisplayName("proves nothing where it was refused, or nobody knows")
    void noProof(StepResult result) {
        Decision decision = GroupDecider.decide(ordered(), report("b", 1, result));
        assertTrue(decision.accepted());
        assertFalse(decision.events().stream().anyMatch(e -> e instanceof PrimaryFenced));
        assertEquals("refused POWER_NEEDED", rule(authorize(taken(ordered(), decision), "b:90 c:90 a:none")));
    }

    @Test
    @DisplayName("proves the old primary dead where it is done, and ends nobody's promise")
    void proof() {
        Decision decision = GroupDecider.decide(ordered(), report("b", 1, StepResult.DONE));
        GroupState fenced = taken(ordered(), decision);
        assertEquals(Fencing.POWERED_OFF, fenced.fenced().get("a"));
        assertFalse(Fencing.POWERED_OFF.endsPromises());
        assertTrue(authorize(fenced, "b:90 c:90 a:none").accepted());
        assertEquals("refused PROMOTION_NO_QUORUM", rule(authorize(fenced, "b:none c:none a:none")));
        assertNull(FencingDecisions.awaited(fenced));
    }

    @ParameterizedTest(name = "by {0} of attempt {1} for epoch {2} about {3}: {4}")
    @CsvSource({
        "c, 1, 2, a, DONE",
        "b, 2, 2, a, DONE",
        "b, 1, 1, a, DONE",
        "b, 1, 3, a, DONE",
        "b, 1, 2, c, DONE",
        "b, 1, 2, a, STARTED"
    })
    @DisplayName("counts only for the epoch, attempt, member and node that the log waits for")
    void stale(String node, int attempt, long epoch, String member, StepResult result) {
        var report = new ReportPowerOff(at(node, 900), epoch, member, attempt, result, "it said so");
        assertEquals("refused POWER_STALE", rule(GroupDecider.decide(ordered(), report)));
    }

    @Test
    @DisplayName("counts once: what came late, after it was said to be unknown, is stale")
    void late() {
        GroupState unknown = taken(ordered(), GroupDecider.decide(ordered(), report("b", 1, StepResult.UNKNOWN)));
        assertEquals("refused POWER_STALE", rule(GroupDecider.decide(unknown, report("b", 1, StepResult.DONE))));
        assertEquals(2, FencingDecisions.nextAttempt(unknown));
    }

    @Test
    @DisplayName("is stood in for by a person, who says what is known to be lost")
    void override() {
        Decision forced = authorize(ForceDecisionsTest.forced(waiting()), "b:90 c:90 a:none");
        assertEquals("accepted PROMOTION_FORCED", rule(forced));
    }
}
