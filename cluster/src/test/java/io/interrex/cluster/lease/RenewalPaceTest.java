package io.interrex.cluster.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.settings.Profile;
import io.interrex.cluster.settings.Timings;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Given profile fast: T/4 = 300 ms. */
@DisplayName("Renewals are slow")
final class RenewalPaceTest {

    private static final long MS = 1_000_000;
    private static final Timings FAST = Profile.FAST.timings();

    private static RenewalPace renewals(RenewalPace from, int count, long tookMs) {
        RenewalPace pace = from;
        for (int i = 0; i < count; i++) {
            pace = pace.began(i * 200L * MS).won(FAST, (i * 200L + tookMs) * MS);
        }
        return pace;
    }

    @Test
    @DisplayName("when two of the last 10,000 took T/4 or longer, and not for one, nor for many that took less")
    void two() {
        assertFalse(renewals(RenewalPace.NONE, 20_000, 299).isSlow());
        assertFalse(renewals(RenewalPace.NONE, 1, 300).isSlow());
        assertTrue(renewals(RenewalPace.NONE, 2, 300).isSlow());
    }

    @Test
    @DisplayName("no longer than until the older of the two is 10,000 renewals ago")
    void forgets() {
        RenewalPace slow = renewals(RenewalPace.NONE, 2, 300);
        assertTrue(renewals(slow, 9_998, 1).isSlow());
        assertFalse(renewals(slow, 9_999, 1).isSlow());
    }

    @Test
    @DisplayName("also when rounds are lost: the time counts from the first that was not granted")
    void lostRounds() {
        RenewalPace pace = RenewalPace.NONE.began(0).began(200 * MS).won(FAST, 310 * MS);
        assertEquals(1, pace.slow().size());
        assertEquals(
                0,
                RenewalPace.NONE
                        .began(0)
                        .stopped()
                        .began(400 * MS)
                        .won(FAST, 410 * MS)
                        .slow()
                        .size());
    }
}
