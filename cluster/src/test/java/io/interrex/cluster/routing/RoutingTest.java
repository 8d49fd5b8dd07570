package io.interrex.cluster.routing;

import static io.interrex.cluster.port.Gate.Position.CLOSED;
import static io.interrex.cluster.port.Gate.Position.OPEN;
import static io.interrex.cluster.port.Gate.Position.READ;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.port.Gate.Position;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Clients of group g in epoch 7, with a lag limit of 100 bytes, are routed")
class RoutingTest {
    private static final long EPOCH = 7;
    private static final long LAG_MAX_BYTES = 100;

    @Test
    @DisplayName("a open, b and c read => writes {a}, reads {b, c}")
    void writesToThePrimaryReadsToTheStandbys() {
        given("a", at("a", OPEN), at("b", READ), at("c", READ)).thenWrites("a").thenReads("b", "c");
    }

    @Test
    @DisplayName("a open, b at 100 bytes, c at 101 bytes => writes {a}, reads {b}")
    void theLagLimitIsInclusive() {
        given("a", at("a", OPEN), behind("b", 100), behind("c", 101))
                .thenWrites("a")
                .thenReads("b");
    }

    @Test
    @DisplayName("a open, b and c too far behind => writes {a}, reads {a}")
    void readsFallBackToThePrimary() {
        given("a", at("a", OPEN), behind("b", 101), behind("c", 5000))
                .thenWrites("a")
                .thenReads("a");
    }

    @Test
    @DisplayName("a open and alone => writes {a}, reads {a}")
    void thePrimaryAloneTakesBoth() {
        given("a", at("a", OPEN)).thenWrites("a").thenReads("a");
    }

    @Test
    @DisplayName("failover begun, none established | a still open, b read in this epoch => writes {}, reads {b}")
    void aStartedFailoverTakesTheWriterAwayAtOnce() {
        given(null, at("a", OPEN), at("b", READ)).thenWrites(null).thenReads("b");
    }

    @Test
    @DisplayName("failover begun, none established | a open, b and c read in epoch 6 => nobody")
    void nobodyIsRoutedInTheOldEpoch() {
        given(null, in(6, "a", OPEN), in(6, "b", READ), in(6, "c", READ))
                .thenWrites(null)
                .thenReads();
    }

    @Test
    @DisplayName("b established, its gate still closed, c read => writes {}, reads {c}")
    void anEstablishedPrimaryWithAClosedGateGetsNothing() {
        given("b", at("b", CLOSED), at("c", READ)).thenWrites(null).thenReads("c");
    }

    @Test
    @DisplayName("b established, its gate only for reads => writes {}, reads {}")
    void aGateForReadsIsNoGateForWrites() {
        given("b", at("b", READ)).thenWrites(null).thenReads();
    }

    @Test
    @DisplayName("b established, its newest status is of epoch 6 => writes {}, reads {}")
    void anOldStatusOfThePrimaryDoesNotCount() {
        given("b", in(6, "b", OPEN)).thenWrites(null).thenReads();
    }

    @Test
    @DisplayName("b established and open, a says open in epoch 6 => a gets nothing")
    void aDeposedPrimaryGetsNothing() {
        given("b", at("b", OPEN), in(6, "a", OPEN)).thenWrites("b").thenReads("b");
    }

    @Test
    @DisplayName("b established and open, a says open in epoch 7 => a gets nothing")
    void anOpenGateOfAnotherMemberGetsNothing() {
        given("b", at("b", OPEN), at("a", OPEN)).thenWrites("b").thenReads("b");
    }

    @Test
    @DisplayName("a open, b read without upstream, c closed => reads {a}")
    void aStandbyWhoseDataStandsStillTakesNoReads() {
        given("a", at("a", OPEN), new MemberRoute("b", READ, EPOCH, 0, true, false), at("c", CLOSED))
                .thenWrites("a")
                .thenReads("a");
    }

    @Test
    @DisplayName("a open, b read in epoch 8 => reads {a}, until the log says 8 here, too")
    void aNewerEpochOfAStandbyIsNotThisOne() {
        given("a", at("a", OPEN), in(8, "b", READ)).thenWrites("a").thenReads("a");
    }

    @Test
    @DisplayName("a established but silent, b read => writes {}, reads {b}")
    void aPrimaryWithoutStatusGetsNothing() {
        given("a", at("b", READ)).thenWrites(null).thenReads("b");
    }

    @Test
    @DisplayName("a open, b and c read, b tagged noloadbalance => reads {c}")
    void whoIsTaggedTakesNoReads() {
        given("a", at("a", OPEN), tagged("b", READ), at("c", READ))
                .thenWrites("a")
                .thenReads("c");
    }

    @Test
    @DisplayName("a open, b read and tagged noloadbalance, nobody else => reads {a}")
    void whoIsTaggedTakesNoReadsWhereNobodyElseIs() {
        given("a", at("a", OPEN), tagged("b", READ)).thenWrites("a").thenReads("a");
    }

    @Test
    @DisplayName("a established, its gate closed, b read and tagged noloadbalance => nobody")
    void whoIsTaggedTakesNoReadsWithoutAPrimaryEither() {
        given("a", at("a", CLOSED), tagged("b", READ)).thenWrites(null).thenReads();
    }

    @Test
    @DisplayName("a open and tagged noloadbalance => writes {a}, reads {b}, and without b reads {a}")
    void aTaggedPrimaryIsThePrimary() {
        given("a", tagged("a", OPEN), at("b", READ)).thenWrites("a").thenReads("b");
        given("a", tagged("a", OPEN), behind("b", 101)).thenWrites("a").thenReads("a");
    }

    @Test
    @DisplayName("no status at all => nobody")
    void withoutStatusNobodyIsRouted() {
        given("a").thenWrites(null).thenReads();
    }

    private static MemberRoute at(String member, Position gate) {
        return in(EPOCH, member, gate);
    }

    private static MemberRoute in(long epoch, String member, Position gate) {
        return new MemberRoute(member, gate, epoch, 0, false, false);
    }

    private static MemberRoute tagged(String member, Position gate) {
        return new MemberRoute(member, gate, EPOCH, 0, false, true);
    }

    private static MemberRoute behind(String member, long lagBytes) {
        return new MemberRoute(member, READ, EPOCH, lagBytes, false, false);
    }

    private static Then given(@Nullable String primary, MemberRoute... members) {
        return new Then(Routing.plan("g", EPOCH, primary, List.of(members), LAG_MAX_BYTES));
    }

    private record Then(RoutePlan plan) {
        Then thenWrites(@Nullable String writer) {
            assertEquals(writer, plan.writer());
            return this;
        }

        void thenReads(String... readers) {
            assertEquals(new RoutePlan("g", EPOCH, plan.writer(), new TreeSet<>(List.of(readers))), plan);
        }
    }
}
