package io.interrex.lab;

import java.time.Duration;

/**
 * A time without an acknowledged write. Times are of CLOCK_MONOTONIC, which all processes of a machine share.
 *
 * @param fromNanos the last acknowledgement before it, or the start of the probe
 * @param toNanos the first acknowledgement after it, or the time of asking
 * @param over whether an acknowledgement ended it
 */
public record Outage(long fromNanos, long toNanos, boolean over) {

    public Duration duration() {
        return Duration.ofNanos(toNanos - fromNanos);
    }
}
