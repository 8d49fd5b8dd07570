package io.interrex.cluster.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.lease.LeaseHolder.Effect;
import io.interrex.cluster.settings.Profile;
import io.interrex.cluster.settings.Timings;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Given a member that wants the lease of epoch 5 from second 1 on, profile fast: W + T = 2650 ms. */
@DisplayName("A majority of voters that is away")
final class MajorityWatchTest {

    private static final long MS = 1_000_000;
    private static final Timings FAST = Profile.FAST.timings();
    private static final MajorityWatch WANTING = MajorityWatch.NONE.wanting(5, 1_000 * MS);

    @Test
    @DisplayName("is told at once by a holder that lost its lease, until it holds it again")
    void lost() {
        MajorityWatch lost = WANTING.won().lost(new Effect.Lost(5, "no majority"), 9_000 * MS);
        assertEquals(1, lost.awayMs(FAST, 9_000 * MS));
        assertEquals(700, lost.awayMs(FAST, 9_700 * MS));
        assertEquals(0, lost.won().awayMs(FAST, 9_700 * MS));
    }

    @Test
    @DisplayName("is not told by a process that stood still itself, unless it gets no lease afterwards either")
    void stoodStill() {
        MajorityWatch lost = WANTING.won().lost(new Effect.Lost(5, "stood still", true), 9_000 * MS);
        assertEquals(0, lost.awayMs(FAST, 9_010 * MS));
        assertEquals(2_651, lost.awayMs(FAST, 11_651 * MS));
    }

    @Test
    @DisplayName(
            "is told by one that never held the lease only after W + T: voters may be silent, or promised to another")
    void waiting() {
        assertEquals(0, WANTING.awayMs(FAST, 3_650 * MS));
        assertEquals(2_651, WANTING.awayMs(FAST, 3_651 * MS));
        assertEquals(2_651, WANTING.wanting(5, 2_000 * MS).awayMs(FAST, 3_651 * MS));
    }

    @Test
    @DisplayName("is no matter of one that wants no lease any more, or that of another epoch")
    void another() {
        MajorityWatch lost = WANTING.lost(new Effect.Lost(5, "no majority"), 9_000 * MS);
        assertEquals(0, lost.wanting(0, 9_500 * MS).awayMs(FAST, 99_000 * MS));
        assertEquals(0, lost.wanting(6, 9_500 * MS).awayMs(FAST, 9_600 * MS));
    }

    @Test
    @DisplayName("and a pause of this process are told apart by the gap in its own loop")
    void toldApart() {
        assertEquals(List.of(false), lossAfterTicks(1, 200, 400, 600, 800, 1_000, 1_200, 1_202));
        assertEquals(List.of(true), lossAfterTicks(1, 200, 1_300));
    }

    /** Whether it stood still, of each loss while nobody renews a lease that was won at 1 ms. */
    private static List<Boolean> lossAfterTicks(long... atMs) {
        var identity = new LeaseState.Identity("main", "a", 1, 1, new TreeSet<>(List.of("a", "b", "c")), FAST);
        LeaseHolder.Step step = LeaseHolder.want(LeaseState.idle(identity, 0), 5, true, true, MS);
        step = LeaseHolder.staged(step.state(), 1, true, 0);
        for (String voter : List.of("b", "c")) {
            step = LeaseHolder.ack(
                    step.state(), new io.interrex.cluster.hands.HandsMessage.Ack("main", voter, "a", 1, 5, 1), 2 * MS);
        }
        Stream<Effect> all = Stream.empty();
        for (long at : atMs) {
            step = LeaseHolder.tick(step.state(), at * MS);
            all = Stream.concat(all, step.effects().stream());
        }
        return all.filter(Effect.Lost.class::isInstance)
                .map(effect -> ((Effect.Lost) effect).stoodStill())
                .toList();
    }
}
