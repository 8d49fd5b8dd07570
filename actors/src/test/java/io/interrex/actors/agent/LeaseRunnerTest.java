package io.interrex.actors.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.hands.HandsMessage.Ack;
import io.interrex.cluster.lease.LeaseState;
import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.Guard;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.settings.Profile;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Given a gate and a guard that write down in what order they are called, and a guard that answers when the test says so. */
@DisplayName("What carries a lease out")
class LeaseRunnerTest {

    private final List<String> calls = new ArrayList<>();
    private Outcome<Nothing> staging = Outcome.done(Nothing.NOTHING);
    private Gate.Position stands = Gate.Position.OPEN;
    private final CompletableFuture<Outcome<Nothing>> activated = new CompletableFuture<>();
    private final CompletableFuture<Outcome<Nothing>> confirmed = new CompletableFuture<>();
    private final LeaseRunner runner = new LeaseRunner(
            LeaseState.idle(
                    new LeaseState.Identity("main", "a", 3, 1, new TreeSet<>(Set.of("x")), Profile.FAST.timings()),
                    System.nanoTime()),
            gate(),
            port(Guard.class, confirmed),
            (to, message) -> {},
            new Told());

    /** What the runner tells comes back to it at once, as it does through the agent's mailbox. */
    private final class Told implements LeaseRunner.Listener {
        @Override
        public void staged(long round, boolean gate) {
            calls.add("staged " + gate);
        }

        @Override
        public void later(Consumer<LeaseRunner> then) {
            then.accept(runner);
        }

        @Override
        public void gateMoved(boolean open, long epoch, String why) {
            calls.add(open ? "open" : "closed");
        }

        @Override
        public void leaseLost(boolean lost) {}

        @Override
        public void majorityBack(long epoch, long awayMs) {}

        @Override
        public void closeSessions(String why) {}
    }

    private <T> T port(Class<T> type, Object answer) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            if (method.getName().equals("isKernel")) {
                return true;
            }
            calls.add(type.getSimpleName() + " " + method.getName());
            return method.getReturnType() == void.class ? null : answer;
        }));
    }

    private Gate gate() {
        return (Gate) Proxy.newProxyInstance(
                Gate.class.getClassLoader(), new Class<?>[] {Gate.class}, (self, method, args) -> {
                    calls.add("Gate " + method.getName());
                    return switch (method.getName()) {
                        case "isKernel" -> true;
                        case "stage" -> CompletableFuture.completedStage(staging);
                        case "activate" -> activated;
                        case "state" ->
                            CompletableFuture.completedStage(Outcome.done(new Gate.State(stands, Duration.ZERO)));
                        default -> CompletableFuture.completedStage(Outcome.done(Nothing.NOTHING));
                    };
                });
    }

    private void open() {
        activated.complete(Outcome.done(Nothing.NOTHING));
        confirmed.complete(Outcome.done(Nothing.NOTHING));
        grant();
        assertTrue(runner.gateIsOpen());
    }

    private void nextRound() {
        runner.tick(System.nanoTime() + 2 * Profile.FAST.timings().renewEvery().toNanos());
    }

    private void grant() {
        runner.want(7, true, true, System.nanoTime());
        runner.staged(1, true, 0);
        runner.ack(new Ack("main", "x", "a", 3, 7, 1), System.nanoTime());
    }

    private @Nullable String alarm() {
        return runner.alarm(System.nanoTime(), null);
    }

    @Test
    @DisplayName("stages the gate's timer before the guard's, which is then the later one")
    void gateEndsFirst() {
        runner.want(7, true, true, System.nanoTime());
        assertEquals(List.of("Gate stage", "Guard stage", "staged true"), calls);
    }

    @Test
    @DisplayName("tells of the open gate when the kernel has opened it, and not before")
    void toldWhenOpened() {
        confirmed.complete(Outcome.done(Nothing.NOTHING));
        grant();
        assertEquals("Gate activate", calls.getLast());
        assertFalse(runner.gateIsOpen());
        activated.complete(Outcome.done(Nothing.NOTHING));
        assertEquals("open", calls.getLast());
    }

    @Test
    @DisplayName("does not tell of an open gate that was closed before the kernel had opened it")
    void closedMeanwhile() {
        confirmed.complete(Outcome.done(Nothing.NOTHING));
        grant();
        runner.close("a pause");
        activated.complete(Outcome.done(Nothing.NOTHING));
        assertFalse(calls.contains("open"), calls::toString);
    }

    @Test
    @DisplayName("tells of a gate that somebody else's change of its rules has closed")
    void rulesChanged() {
        open();
        staging = Outcome.refused("the nftables table was removed");
        stands = Gate.Position.CLOSED;
        nextRound();
        assertEquals("closed", calls.getLast());
        assertFalse(runner.gateIsOpen());
    }

    @Test
    @DisplayName("tells nothing of a round that could not be staged while the one before keeps the gate open")
    void roundNotStaged() {
        open();
        staging = Outcome.refused("the kernel was busy");
        nextRound();
        assertFalse(calls.contains("closed"), calls::toString);
        assertTrue(runner.gateIsOpen());
    }

    @Test
    @DisplayName("opens the gate when the guard has said that it has the deadline, and not before")
    void opensWhenConfirmed() {
        activated.complete(Outcome.done(Nothing.NOTHING));
        grant();
        assertEquals("Guard commit", calls.getLast());
        assertFalse(runner.state().isArmed(System.nanoTime()));
        confirmed.complete(Outcome.done(Nothing.NOTHING));
        assertEquals(List.of("Gate activate", "open"), calls.subList(calls.size() - 2, calls.size()));
        assertTrue(runner.state().isArmed(System.nanoTime()));
        assertNull(alarm());
    }

    @Test
    @DisplayName("leaves the gate closed when the guard refuses, and raises an alarm that says why")
    void staysClosedWhenRefused() {
        grant();
        confirmed.complete(Outcome.refused("KILLING a kill is under way"));
        assertFalse(calls.contains("Gate activate"));
        String alarm = alarm();
        assertNotNull(alarm);
        assertTrue(alarm.contains("KILLING"), alarm);
    }

    @Test
    @DisplayName("leaves the gate closed when nobody knows what the guard did, and raises an alarm that says why")
    void staysClosedWhenUnknown() {
        grant();
        confirmed.completeExceptionally(new IllegalStateException("its socket broke"));
        assertFalse(calls.contains("Gate activate"));
        String alarm = alarm();
        assertNotNull(alarm);
        assertTrue(alarm.contains("its socket broke"), alarm);
    }
}
