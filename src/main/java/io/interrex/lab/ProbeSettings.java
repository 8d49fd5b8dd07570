package io.interrex.lab;

import java.time.Duration;

/**
 * How a probe writes.
 *
 * @param run names this run's rows in the table
 * @param writeEvery between two writes
 * @param freshEvery between two new connections; each takes over from the one before it
 * @param connectMax until a connection attempt counts as failed
 * @param answerMax until a write counts as failed; it is never repeated
 * @param sessionsMax connections that may be open or opening at once; more are not attempted
 * @param localCommit do not wait for standbys: shows who would accept, not who may acknowledge
 */
public record ProbeSettings(
        String run,
        Duration writeEvery,
        Duration freshEvery,
        Duration connectMax,
        Duration answerMax,
        int sessionsMax,
        boolean localCommit) {

    public ProbeSettings {
        if (writeEvery.toMillis() < 1 || freshEvery.toMillis() < 1 || sessionsMax < 1) {
            throw new IllegalArgumentException("a probe's intervals are at least 1 ms, and it has at least 1 session");
        }
        if (connectMax.toMillis() < 1 || answerMax.toMillis() < 1) {
            throw new IllegalArgumentException("a probe's deadlines are at least 1 ms");
        }
    }

    /** The client of the figures: a write each 10 ms, a fresh connection each 0.1 s. */
    public static ProbeSettings client(String run) {
        return new ProbeSettings(
                run,
                Duration.ofMillis(10),
                Duration.ofMillis(100),
                Duration.ofMillis(300),
                Duration.ofMillis(500),
                20,
                false);
    }

    /** An application behind a pooler: it waits as long as the pooler lets it, and notices whatever fails. */
    public static ProbeSettings pooled(String run) {
        return new ProbeSettings(
                run,
                Duration.ofMillis(10),
                Duration.ofSeconds(1),
                Duration.ofSeconds(35),
                Duration.ofSeconds(35),
                40,
                false);
    }

    /** The second prober, which asks every member: rarer, because it costs each of them a process per connection. */
    public static ProbeSettings direct(String run) {
        return new ProbeSettings(
                run,
                Duration.ofMillis(25),
                Duration.ofMillis(250),
                Duration.ofMillis(300),
                Duration.ofMillis(500),
                8,
                false);
    }
}
