package io.interrex.cluster.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lineage;
import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.Evidence.Dead;
import io.interrex.cluster.group.Evidence.NoAnswer;
import io.interrex.cluster.group.Evidence.Revoked;
import io.interrex.cluster.group.GroupCommand.AuthorizePromotion;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.settings.GroupSettings;
import io.interrex.cluster.settings.Profile;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Given primary a of epoch 1, whose commits waited for one of b and c, and epoch 2, which was authorized for b and never
 * established. Epoch 3 is begun: to which reign does the data of its candidate belong?
 */
final class BaseReignTest {

    private static final UUID REIGN_1 = new UUID(0, 1);
    private static final UUID REIGN_2 = new UUID(0, 2);
    private static final UUID REIGN_3 = new UUID(0, 3);
    private static final Lsn FLOOR_2 = new Lsn(200);
    private static final GroupSettings SETTINGS = GroupSettings.defaults(Profile.FAST.timings());
    private static final long EXPIRES_MS = 1_000_000;

    private static GroupState started(SyncSet ruleOfEpoch2) {
        List<MemberInfo> members = List.of("a", "b", "c").stream()
                .map(name -> new MemberInfo(name, "10.0.0.1", 5432, "z1", 0, false, false, false))
                .toList();
        SyncSet rule = SyncSet.of(1, List.of("b", "c"));
        return evolve(
                GroupEvolution.evolve(
                        null,
                        new GroupEvent.GroupCreated(
                                1,
                                RuleId.GROUP_CREATED,
                                "main",
                                "a",
                                REIGN_1,
                                members,
                                1,
                                List.of("a", "b", "c"),
                                SETTINGS)),
                new GroupEvent.PrimaryEstablished(
                        1,
                        RuleId.ESTABLISHED,
                        "a",
                        new Reign(1, REIGN_1, 1, Lsn.ZERO),
                        new Lsn(100),
                        new TreeSet<>(),
                        "7"),
                new GroupEvent.SyncSetIntended(1, RuleId.SYNC_SET_GROWN, SyncSet.NONE, rule, "they stream"),
                new GroupEvent.SyncSetApplied(1, RuleId.SYNC_SET_APPLIED, rule, new Lsn(100), rule.standbys()),
                new GroupEvent.DurabilityChanged(
                        1, RuleId.DURABILITY_RESTORED, GroupEvent.Durability.SYNC, "they stream"),
                failover(2),
                new GroupEvent.PromotionAuthorized(
                        2,
                        RuleId.PROMOTION_AUTHORIZED,
                        "b",
                        FLOOR_2,
                        ruleOfEpoch2,
                        REIGN_2,
                        1,
                        REIGN_1,
                        new Ranking("b", List.of()),
                        List.of()),
                failover(3));
    }

    private static GroupEvent failover(long epoch) {
        return new GroupEvent.FailoverStarted(
                epoch, RuleId.FAILOVER_BY_MAJORITY, "a", Reason.LEASE_SILENT, List.of(), "b", EXPIRES_MS, null, null);
    }

    private static GroupState evolve(GroupState from, GroupEvent... events) {
        GroupState state = from;
        for (GroupEvent event : events) {
            state = GroupEvolution.evolve(state, event);
        }
        return state;
    }

    private static GroupEvent.PromotionAuthorized authorized(GroupState state, Evidence... evidence) {
        Decision decision = GroupDecider.decide(
                state,
                new AuthorizePromotion(
                        new Stamp("c", EXPIRES_MS - 1, 14_999), 3, List.of(evidence), REIGN_3, Lsn.ZERO));
        assertTrue(decision.accepted(), decision.why());
        return assertInstanceOf(
                GroupEvent.PromotionAuthorized.class, decision.events().getFirst());
    }

    @Test
    @DisplayName("a, known as dead only, has the established reign: what b wrote in epoch 2 is no part of it")
    void deadPrimary() {
        GroupState state = started(SyncSet.of(1, List.of("c")));
        var event = authorized(
                state,
                new Dead("a", 3, new Lsn(300), false, 10),
                new NoAnswer("b", "did not answer"),
                new Revoked("c", 3, new Lsn(150), 1, 1, REIGN_1, "7"));
        assertEquals("a", event.candidate());
        assertEquals(REIGN_1, event.baseUuid());

        GroupState established = evolve(
                state,
                event,
                new GroupEvent.PrimaryEstablished(
                        3,
                        RuleId.ESTABLISHED,
                        "a",
                        new Reign(3, REIGN_3, 2, new Lsn(300)),
                        new Lsn(310),
                        new TreeSet<>(List.of("c")),
                        "7"));
        assertEquals(
                List.of(1L, 3L),
                established.lineage().stream().map(Reign::epoch).toList());
        assertEquals(Lineage.Fit.OFF_CHAIN, Lineage.of(established.lineage(), 2, REIGN_2, 0, new Lsn(210)));
        assertEquals(Lineage.Fit.STREAMS, Lineage.of(established.lineage(), 1, REIGN_1, 0, new Lsn(150)));
    }

    @Test
    @DisplayName("b, known as dead only, may have written the marker of epoch 2: who went on past its floor diverged")
    void deadCandidate() {
        GroupState state = started(SyncSet.NONE);
        var event = authorized(
                state,
                new NoAnswer("a", "did not answer"),
                new Dead("b", 3, new Lsn(400), false, 10),
                new Revoked("c", 3, FLOOR_2, 1, 1, REIGN_1, "7"));
        assertEquals("b", event.candidate());
        assertEquals(REIGN_2, event.baseUuid());
    }
}
