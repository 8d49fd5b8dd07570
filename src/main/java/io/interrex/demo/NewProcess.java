package io.interrex.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Judges whether this machine let a node that was started anew renew its lease before the guard's deadline: where it did not,
 * the guard ends the server, as it must, and a restart or a failover is right.
 */
final class NewProcess {

    private NewProcess() {}

    /**
     * How many characters the node of this host has printed; what comes after them is its next process's.
     */
    static int printed(Installation installation, String host) {
        return Places.read(installation.places().output(host)).length();
    }

    /** What the new process was too slow for, null: nothing, or nobody knows. */
    static @Nullable String tooLate(Installation installation, String host, int printedBefore, long faultMs) {
        String news = Places.read(installation.places().output(host)).substring(printedBefore);
        Optional<Instant> started =
                installation.node(host).flatMap(process -> process.info().startInstant());
        OptionalLong firstRoundMs = Idle.firstRoundMs(news);
        return started.isEmpty() || firstRoundMs.isEmpty()
                ? null
                : tooLate(
                        Duration.ofMillis(started.get().toEpochMilli() - faultMs + firstRoundMs.getAsLong()),
                        installation.timings().leaseFor(),
                        installation.timings().renewEvery());
    }

    /**
     * @param silence from the end of the old process to the new one's first lease round
     * @param leaseFor T, which counts from the last round of the old one
     * @param renewEvery r, how long before its end that may have been
     */
    static @Nullable String tooLate(Duration silence, Duration leaseFor, Duration renewEvery) {
        return silence.compareTo(leaseFor.minus(renewEvery)) <= 0
                ? null
                : "this machine took %s from the end of the old process to the new one's first lease round, T is %s"
                        .formatted(TrialResult.seconds(silence), TrialResult.seconds(leaseFor));
    }
}
