package io.interrex.actors.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.hands.HandsMessage.Ack;
import io.interrex.cluster.lease.LeaseHolder;
import io.interrex.cluster.lease.LeaseState;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.settings.Profile;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Given an agent with r = 200 ms, T = 1200 ms. */
final class AgentTurnsTest {

    private static final long MS = 1_000_000;
    private static final long RESTING_NS = 50 * MS;
    private static final long NOTHING_DUE_NS = 10_000 * MS;

    private final LeaseState idle = LeaseState.idle(
            new LeaseState.Identity("main", "a", 1, 1, new TreeSet<>(List.of("a", "b", "c")), Profile.FAST.timings()),
            0);
    private final LeaseState wanted = LeaseHolder.want(idle, 1, true, true, 0).state();

    private LeaseState held() {
        LeaseState state = LeaseHolder.staged(wanted, wanted.round(), true, 0).state();
        for (String voter : List.of("b", "c")) {
            state = LeaseHolder.ack(state, new Ack("main", voter, "a", 1, 1, state.round()), 5 * MS)
                    .state();
        }
        assertTrue(state.held());
        return state;
    }

    private static long restMs(LeaseState lease, long dueMs, long nowMs) {
        return AgentTurns.restNs(RESTING_NS, lease, dueMs * MS, nowMs * MS) / MS;
    }

    @Test
    @DisplayName("nothing is due: a fourth of r, because a process that stood still must be noticed")
    void rests() {
        assertEquals(50, restMs(idle, 10_000, 0));
        assertEquals(50, restMs(held(), 10_000, 10));
    }

    @Test
    @DisplayName("a look is due in 30 ms: it is not late")
    void look() {
        assertEquals(30, restMs(idle, 1_030, 1_000));
    }

    @Test
    @DisplayName("the next round is due in 12 ms: it is not late")
    void round() {
        assertEquals(12, restMs(held(), 10_000, 188));
        assertEquals(50, restMs(idle, 10_000, 188), "where no lease is wanted, none is due");
    }

    @Test
    @DisplayName("the lease runs out in 7 ms, before the next round: that is not noticed late")
    void runsOut() {
        LeaseState late = LeaseHolder.tick(held(), 1_100 * MS).state();
        assertEquals(7, restMs(late, 10_000, 1_193));
    }

    @Test
    @DisplayName("what is overdue comes at once, and not in a loop without end")
    void overdue() {
        assertEquals(1, restMs(idle, 900, 1_000));
    }

    @Test
    @DisplayName("a lease that is wanted and not held, a server that starts and an unknown group are movements")
    void movements() {
        assertTrue(AgentTurns.moves(null, null, held()));
        assertTrue(AgentTurns.moves(null, DatabaseStatus.unknown("starting"), held()));
        assertTrue(wanted.wanted() != 0 && !wanted.held());
    }

    /** What happens to an agent that is told {@code moves} at each turn. A step of the manual time takes a tenth of a real second. */
    private static int turnsIn2r(boolean moves) {
        var kit = ActorTestKit.create("turns", ManualTime.config());
        try {
            var timings = Profile.FAST.timings();
            var lease = LeaseState.idle(
                    new LeaseState.Identity("main", "a", 1, 1, new TreeSet<>(List.of("a")), timings), 0);
            var probe = kit.createTestProbe(String.class);
            kit.spawn(Behaviors.<String>withTimers(timers -> {
                var pace = new AgentTurns<>(timers, "turn", timings);
                return Behaviors.receiveMessage(turn -> {
                    pace.next(moves, lease, NOTHING_DUE_NS, 0);
                    probe.ref().tell(turn);
                    return Behaviors.same();
                });
            }));
            probe.expectNoMessage();
            ManualTime time = ManualTime.get(kit.system());
            int turns = 0;
            for (int ms = 0; ms < 400; ms += 25) {
                time.timePasses(Duration.ofMillis(25));
                boolean due = moves || ms < 25 || (ms - 25) % 50 == 25;
                if (due) {
                    probe.expectMessage("turn");
                    turns++;
                }
            }
            probe.expectNoMessage();
            return turns;
        } finally {
            kit.shutdownTestKit();
        }
    }

    @Test
    @DisplayName("nothing moves: half as many turns as while something does")
    void half() {
        assertEquals(16, turnsIn2r(true));
        assertEquals(8, turnsIn2r(false), "the first turn comes after 25 ms, each other 50 ms later");
    }
}
