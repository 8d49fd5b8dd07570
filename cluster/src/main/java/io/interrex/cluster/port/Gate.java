package io.interrex.cluster.port;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Lets client traffic reach a member, or cuts it, established connections too. Closed by default; open only for a time
 * that the kernel counts by itself, so that a paused process cannot hold it open. Replication and the member's own host
 * always pass.
 */
public interface Gate extends AutoCloseable {

    /** Creates the closed rules where there are none; adopts what is there otherwise. Value: what was found or made. */
    CompletionStage<Outcome<State>> install();

    /** Starts the kernel's timer of round {@code n} in the slot that is not in use; lets nobody in yet. */
    CompletionStage<Outcome<Nothing>> stage(long n, Duration ttl);

    /** Lets clients in until the timer staged for round {@code n} runs out. */
    CompletionStage<Outcome<Nothing>> activate(long n);

    /** Lets readers in for {@code ttl} from now: a member in recovery that follows the current epoch. */
    CompletionStage<Outcome<Nothing>> openForRead(Duration ttl);

    /** Closes at once, for readers and writers, and reads back that it is closed. */
    CompletionStage<Outcome<Nothing>> close(String reason);

    /** As the kernel has it now, not as it was ordered. */
    CompletionStage<Outcome<State>> state();

    /** Whether the kernel enforces this gate; if not, only the guard does. */
    boolean isKernel();

    @Override
    void close();

    /** Where the gate stands, and for how long if nobody renews it. */
    record State(Position position, Duration remaining) {}

    /** Whom the gate lets in. */
    enum Position {
        CLOSED,
        READ,
        OPEN
    }
}
