package io.interrex.demo.versus;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one fault did to another system.
 *
 * @param outage the longest time without an acknowledged write around it; null: none was acknowledged before it was mended
 * @param lost acknowledged rows that are not there; null: nobody could look, because the system never served again
 * @param twoWriters times at which two members acknowledged writes
 * @param whole whether it came back by itself once the fault was mended
 */
public record PeerResult(
        @Nullable Duration outage, @Nullable Integer lost, int twoWriters, boolean whole) {}
