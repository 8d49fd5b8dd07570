package io.interrex.postgresql;

import static io.interrex.testkit.TempMembers.get;
import static io.interrex.testkit.TempMembers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.Decision;
import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.GroupCommand.AuthorizePromotion;
import io.interrex.cluster.group.GroupCommand.StartFailover;
import io.interrex.cluster.group.GroupEvent.FailoverHeld;
import io.interrex.cluster.group.GroupEvent.PromotionAuthorized;
import io.interrex.cluster.group.Reason;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.port.Database.Position;
import io.interrex.testkit.TempMembers.Member;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/**
 * Why an intent is logged before the rule is changed (protocol.md, "Sync set C→C'"), on real servers. Commits of a waited for
 * b, and are to wait for c: the server obeys already, the change is not proven yet, and a is lost.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 90, unit = TimeUnit.SECONDS)
@DisplayName("While the synchronous set changes, the old one and the new one bind")
class JointConfigurationTest {

    private static final UUID FIRST = UUID.randomUUID();
    private static final SyncSet ONE_OF_B = SyncSet.of(1, Set.of("b"));

    private RunningGroup group;
    private Member a;
    private Member b;
    private Member c;
    private Referee knowsBoth;
    private Referee knowsTheOld;

    @BeforeAll
    void make() throws Exception {
        group = RunningGroup.of(FIRST, "a", "b", "c");
        a = group.member("a");
        b = group.member("b");
        c = group.member("c");
        knowsBoth = referee();
        knowsTheOld = referee();
    }

    @AfterAll
    void end() throws Exception {
        group.close();
    }

    private Referee referee() {
        String systemId = String.valueOf(get(a.database().status()).systemId());
        var referee =
                new Referee(List.of("a", "b", "c"), FIRST, value(a.database().writeMarker(1, FIRST)), systemId);
        referee.intend(Set.of("b"), Set.of());
        referee.applied(ONE_OF_B, value(a.database().applySyncSet(ONE_OF_B)));
        return referee;
    }

    @Test
    @Order(1)
    @DisplayName("the server changes its rule, and a commit is acknowledged that c holds and b does not")
    void changed() throws Exception {
        value(b.database().detach());
        knowsBoth.intend(Set.of("c"), Set.of("b"));
        RunningGroup.byHand(a, "alter system set synchronous_standby_names = 'ANY 1 (c)'", "select pg_reload_conf()");
        Wait.until(() -> get(a.database().status()).senders().stream()
                .anyMatch(s -> s.member().equals("c") && s.syncState().equals("quorum")));
        assertEquals("", Client.tryWrite(a, 1));
        assertEquals(List.of(), Client.rows(b));
        value(a.database().kill());
    }

    @Test
    @Order(2)
    @DisplayName("without the intent in the log: b alone is enough of a quorum, is promoted, and the row is lost")
    void without() {
        Decision decision = authorise(knowsTheOld, revoked(b, "b"));
        assertTrue(decision.accepted(), decision.toString());
        assertEquals("b", knowsTheOld.last(PromotionAuthorized.class).candidate());

        value(b.database().promote(SyncSet.NONE));
        value(b.database().admitClients(true));
        assertEquals(List.of(), Client.rows(b), "what was acknowledged is not there");
    }

    @Test
    @Order(3)
    @DisplayName(
            "with it: b alone is refused and c is named as missing; with c revoked too, c is promoted and has the row")
    void with() throws Exception {
        // b as it was before anybody promoted it
        var b = new Evidence.Revoked(
                "b", 2, knowsTheOld.last(PromotionAuthorized.class).floorLsn(), 1, 1, FIRST, systemId());
        Decision alone = authorise(knowsBoth, b);
        assertFalse(alone.accepted(), alone.toString());
        assertEquals(RuleId.PROMOTION_NO_QUORUM, alone.rule());
        assertEquals(List.of("c"), knowsBoth.last(FailoverHeld.class).missing());

        Decision both = authorise(knowsBoth, b, revoked(c, "c"));
        assertTrue(both.accepted(), both.toString());
        var authorized = knowsBoth.last(PromotionAuthorized.class);
        assertEquals("c", authorized.candidate());
        value(c.database().promote(SyncSet.NONE));
        value(c.database().admitClients(true));
        assertEquals(List.of(1), Client.rows(c));
    }

    private String systemId() {
        return String.valueOf(get(c.database().status()).systemId());
    }

    /** A standby's frozen position, as its agent answers to a revocation for epoch 2. */
    private static Evidence.Revoked revoked(Member member, String name) {
        Position at = value(member.database().detach());
        return new Evidence.Revoked(name, 2, at.flushLsn(), at.timeline(), at.epochInWal(), at.uuid(), at.systemId());
    }

    /** a was seen dead; epoch 2 is begun once, and a candidate is asked for with these answers. */
    private static Decision authorise(Referee referee, Evidence... answers) {
        referee.decide(new StartFailover(Referee.NOW, 1, Reason.ORDERED, List.of(), Referee.sorted(Set.of("b", "c"))));
        return referee.decide(new AuthorizePromotion(Referee.NOW, 2, List.of(answers), UUID.randomUUID(), Lsn.ZERO));
    }
}
