package io.interrex.postgresql;

import java.time.Duration;

/** Waits for a condition, and fails where it does not come. */
final class Wait {

    private Wait() {}

    static void until(Deadline.Condition condition) {
        try {
            if (!Deadline.in(Duration.ofSeconds(20)).await(Duration.ofMillis(5), condition)) {
                throw new AssertionError("the condition did not come true within 20 s");
            }
        } catch (Trouble e) {
            throw new AssertionError(e);
        }
    }
}
