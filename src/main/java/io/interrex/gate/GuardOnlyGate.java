package io.interrex.gate;

import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Stands where the kernel has no gate to offer: it keeps the state that a gate would have and cuts nothing. The guard's
 * deadline and pg_hba.conf do the cutting.
 */
public final class GuardOnlyGate implements Gate {

    private @Nullable Round staged;
    private long writersUntilNs = System.nanoTime();
    private long readersUntilNs = writersUntilNs;

    private record Round(long number, long runsOutNs) {}

    @Override
    public CompletionStage<Outcome<State>> install() {
        return state();
    }

    @Override
    public synchronized CompletionStage<Outcome<Nothing>> stage(long n, Duration ttl) {
        staged = new Round(n, System.nanoTime() + ttl.toNanos());
        return done();
    }

    @Override
    public synchronized CompletionStage<Outcome<Nothing>> activate(long n) {
        Round round = staged;
        if (round == null || round.number() != n || round.runsOutNs() - System.nanoTime() <= 0) {
            return CompletableFuture.completedFuture(Outcome.refused("round " + n + " is not staged or has run out"));
        }
        staged = null;
        writersUntilNs = round.runsOutNs();
        readersUntilNs = System.nanoTime();
        return done();
    }

    @Override
    public synchronized CompletionStage<Outcome<Nothing>> openForRead(Duration ttl) {
        readersUntilNs = System.nanoTime() + ttl.toNanos();
        return done();
    }

    @Override
    public synchronized CompletionStage<Outcome<Nothing>> close(String reason) {
        staged = null;
        writersUntilNs = System.nanoTime();
        readersUntilNs = writersUntilNs;
        return done();
    }

    @Override
    public synchronized CompletionStage<Outcome<State>> state() {
        long now = System.nanoTime();
        State state;
        if (writersUntilNs - now > 0) {
            state = new State(Position.OPEN, Duration.ofNanos(writersUntilNs - now));
        } else if (readersUntilNs - now > 0) {
            state = new State(Position.READ, Duration.ofNanos(readersUntilNs - now));
        } else {
            state = new State(Position.CLOSED, Duration.ZERO);
        }
        return CompletableFuture.completedFuture(Outcome.done(state));
    }

    @Override
    public boolean isKernel() {
        return false;
    }

    @Override
    public void close() {
        // nothing is held
    }

    private static CompletionStage<Outcome<Nothing>> done() {
        return CompletableFuture.completedFuture(Outcome.done(Nothing.NOTHING));
    }
}
