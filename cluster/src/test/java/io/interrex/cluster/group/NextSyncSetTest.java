package io.interrex.cluster.group;

import static io.interrex.cluster.group.Facts.syncSet;
import static io.interrex.cluster.group.Facts.uuid;
import static io.interrex.cluster.group.Groups.SETTINGS;
import static io.interrex.cluster.group.Groups.authorize;
import static io.interrex.cluster.group.Groups.authorized;
import static io.interrex.cluster.group.Groups.members;
import static io.interrex.cluster.group.Groups.started;
import static io.interrex.cluster.group.Groups.steady;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.interrex.cluster.group.GroupEvent.PromotionAuthorized;
import io.interrex.cluster.settings.GroupSettings;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Given a, the primary of epoch 1, dead at 95; commits waited for one of b and c, and c does not answer: nobody but a may be
 * promoted.
 */
@DisplayName("The commit rule of a former primary that comes back as the only candidate")
class NextSyncSetTest {

    private static final String LOST = " c:none d:none a:dead:95";

    private static GroupSettings policy(String name) {
        return switch (name) {
            case "strict" -> Groups.strict(1);
            case "wait" -> Groups.waiting();
            case "degrade" -> SETTINGS;
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static GroupState failing(String policy) {
        return started(steady(policy(policy), members(), "1 b c"));
    }

    private static void assertRule(String rule, GroupState state, String facts) {
        Decision decision = authorize(state, facts);
        if (rule.equals("held")) {
            assertEquals(RuleId.PROMOTION_NO_STANDBY_LEFT, decision.rule(), decision.why());
            return;
        }
        var promotion =
                assertInstanceOf(PromotionAuthorized.class, decision.events().getFirst(), decision.why());
        assertEquals("a", promotion.candidate());
        assertEquals(syncSet(rule), promotion.syncSet());
    }

    @ParameterizedTest(name = "{0}, b revoked at 90 => {1}")
    @CsvSource({"degrade, 1 b", "wait, 1 b", "strict, 1 b"})
    @DisplayName("is the standby that was revoked: nothing is held, and the group does not degrade")
    void revokedStandbyJoins(String policy, String rule) {
        assertRule(rule, failing(policy), "b:90" + LOST);
    }

    @ParameterizedTest(name = "b: {0} => {1}")
    @CsvSource({
        "b:96, 1 b",
        "b:none, held",
        "b:90/2x, held",
        "b:90@8, held",
        "b:90^1, held",
    })
    @DisplayName("takes who promised and has its WAL, however the positions compare, and nobody else")
    void whoJoins(String b, String rule) {
        assertRule(rule, failing("strict"), b + LOST);
    }

    @Test
    @DisplayName("takes no standby that is tagged nosync")
    void nosync() {
        var tagged = List.of(Groups.member("a"), Groups.nosync("b"), Groups.member("c"), Groups.member("d"));
        assertRule("held", started(steady(policy("strict"), tagged, "1 b c")), "b:90" + LOST);
    }

    @Test
    @DisplayName("of a degraded group takes every standby that promised, two of them with one to wait for")
    void degraded() {
        assertRule("1 b c", started(Groups.degraded()), "b:90 c:80 d:none a:dead:95");
    }

    @ParameterizedTest(name = "{0}, b waited for in vain once => {1}")
    @CsvSource({"degrade, none", "wait, 1 b", "strict, 1 b"})
    @DisplayName("waits a second time only where the group may not go on without a copy")
    void inVain(String policy, String rule) {
        GroupState again = started(authorized(failing(policy), "a", 95, "1 b", 1));
        assertRule(rule, again, "b:90" + LOST);
    }

    @ParameterizedTest(name = "b has {0} => {1}")
    @CsvSource({"b:99/2, 1 b", "b:99t2, 1 b", "b:95, 1 b"})
    @DisplayName("takes a standby that followed it in an epoch of its own that was never established")
    void ownEpoch(String b, String rule) {
        GroupState again = started(authorized(failing("strict"), "a", 95, "1 b", 1));
        assertRule(rule, again, b + LOST);
    }

    @ParameterizedTest(name = "{0} => {1} is promoted with {2}")
    @CsvSource({
        "b:90 c:none d:none a:dead:95, a, 1 b",
        "b:90 c:90 d:none a:dead:95,   b, 1 c",
        "b:90 c:none d:90 a:dead:95,   b, 1 d",
    })
    @DisplayName("and of nobody else: under strict it comes back where the only other one would be left without a copy")
    void backToTheFormer(String facts, String candidate, String rule) {
        GroupState state = started(steady(policy("strict"), members(), "1 b"));
        var promotion = assertInstanceOf(
                PromotionAuthorized.class, authorize(state, facts).events().getFirst());
        assertEquals(candidate, promotion.candidate());
        assertEquals(syncSet(rule), promotion.syncSet());
    }

    @Test
    @DisplayName("takes nobody whose WAL may be that of another candidate which was never established")
    void anothersEpoch() {
        GroupState again = started(authorized(failing("strict"), "c", 90, "1 b", 1));
        assertEquals(uuid(2), again.unestablished().getFirst().uuid());
        Decision decision = authorize(again, "b:99t2" + LOST);
        assertEquals(false, decision.accepted(), decision.why());
    }

    @Test
    @DisplayName("where a group may degrade takes no standby that is further behind than max-lag")
    void farBehind() {
        long far = SETTINGS.maxLagBytes() + 1000;
        assertRule("none", failing("degrade"), "b:90 c:none d:none a:dead:" + (far + 91));
        assertRule("1 b", failing("strict"), "b:90 c:none d:none a:dead:" + (far + 91));
    }
}
