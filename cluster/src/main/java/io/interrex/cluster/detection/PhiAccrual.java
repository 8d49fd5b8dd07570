package io.interrex.cluster.detection;

import java.util.Arrays;

/**
 * Says how surprising the silence of a host is: phi = −log10 of the chance that its next sign of life comes even later
 * (Hayashibara et al., "The φ Accrual Failure Detector", 2004, section 4.2). Phi 1: one silence in ten is as long; phi 8:
 * one in a hundred million. A value; a new one comes with each sign of life. It opens questions and decides nothing.
 *
 * <p>Intervals are taken as normally distributed around their mean, plus an acceptable pause; the tail is the logistic
 * approximation of Bowling et al. (2009), computed in logarithms so that long silences do not underflow.
 */
public final class PhiAccrual {

    private static final int SAMPLES_MAX = 100;

    /** A silence of so many means and the pause was an absence; it says nothing about the rhythm. */
    private static final int ABSENCE_FACTOR = 10;

    private final long expectedMs;
    private final long deviationMinMs;
    private final long pauseMs;
    private final long lastMs;
    private final boolean heard;
    private final long[] intervalsMs;
    private final double meanMs;
    private final double deviationMs;

    private PhiAccrual(
            long expectedMs, long deviationMinMs, long pauseMs, long lastMs, boolean heard, long[] intervalsMs) {
        this.expectedMs = expectedMs;
        this.deviationMinMs = deviationMinMs;
        this.pauseMs = pauseMs;
        this.lastMs = lastMs;
        this.heard = heard;
        this.intervalsMs = intervalsMs;
        this.meanMs = mean(intervalsMs, expectedMs);
        this.deviationMs = Math.max(deviationMinMs, deviation(intervalsMs, meanMs));
    }

    private static double mean(long[] intervalsMs, long expectedMs) {
        long sum = 0;
        for (long interval : intervalsMs) {
            sum += interval;
        }
        return intervalsMs.length == 0 ? expectedMs : (double) sum / intervalsMs.length;
    }

    private static double deviation(long[] intervalsMs, double mean) {
        double squares = 0;
        for (long interval : intervalsMs) {
            squares += (interval - mean) * (interval - mean);
        }
        return intervalsMs.length == 0 ? 0 : Math.sqrt(squares / intervalsMs.length);
    }

    /**
     * @param expectedMs how often signs of life are expected, until it is known better
     * @param deviationMinMs a very regular host is still granted this much
     * @param pauseMs a silence that is borne without suspicion on top of the mean
     */
    public static PhiAccrual start(long expectedMs, long deviationMinMs, long pauseMs) {
        if (expectedMs <= 0 || deviationMinMs <= 0 || pauseMs < 0) {
            throw new IllegalArgumentException("expected interval " + expectedMs + " ms and least deviation "
                    + deviationMinMs + " ms must be positive, the pause " + pauseMs + " ms not negative");
        }
        long[] guess = {expectedMs - expectedMs / 4, expectedMs + expectedMs / 4};
        return new PhiAccrual(expectedMs, deviationMinMs, pauseMs, 0, false, guess);
    }

    /** A sign of life came; one that is older than the last changes nothing. */
    public PhiAccrual heartbeat(long nowMs) {
        if (!heard) {
            return new PhiAccrual(expectedMs, deviationMinMs, pauseMs, nowMs, true, intervalsMs);
        }
        long interval = nowMs - lastMs;
        if (interval < 0) {
            return this;
        }
        boolean absence = interval > pauseMs + ABSENCE_FACTOR * meanMs();
        return new PhiAccrual(expectedMs, deviationMinMs, pauseMs, nowMs, true, absence ? intervalsMs : with(interval));
    }

    /** 0 while nothing was ever heard: of a host that never spoke no silence is surprising. */
    public double phi(long nowMs) {
        if (!heard) {
            return 0;
        }
        double y = (nowMs - lastMs - meanMs() - pauseMs) / deviationMs();
        double exponent = y * (1.5976 + 0.070566 * y * y);
        // P(later) = 1 / (1 + e^exponent); both branches are −log10 of it, each without overflow on its side
        double minusLog = exponent > 0 ? exponent + Math.log1p(Math.exp(-exponent)) : Math.log1p(Math.exp(exponent));
        return minusLog / Math.log(10);
    }

    /** Since the last sign of life; −1: never heard. */
    public long silentMs(long nowMs) {
        return heard ? Math.max(0, nowMs - lastMs) : -1;
    }

    double meanMs() {
        return meanMs;
    }

    double deviationMs() {
        return deviationMs;
    }

    private long[] with(long interval) {
        int kept = Math.min(intervalsMs.length, SAMPLES_MAX - 1);
        long[] next = Arrays.copyOfRange(intervalsMs, intervalsMs.length - kept, intervalsMs.length + 1);
        next[kept] = interval;
        return next;
    }
}
