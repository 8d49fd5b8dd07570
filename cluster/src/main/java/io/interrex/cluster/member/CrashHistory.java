package io.interrex.cluster.member;

import java.util.ArrayList;
import java.util.List;

/**
 * The deaths of a member's server, counted in the time that it ran: what a node's restart must not forget. A clock on the wall would
 * call a server well that was down for as long, and steps.
 *
 * @param ranMs how long the server was seen to run and to answer, in all
 * @param crashes oldest first, the last {@value #KEPT}
 */
public record CrashHistory(long ranMs, List<Crash> crashes) {

    public static final CrashHistory NONE = new CrashHistory(0, List.of());

    private static final int KEPT = 100;

    /** After so much running without a death its time is written no more. */
    private static final long FORGOTTEN_MS = 3_600_000;

    /**
     * @param atRanMs how long it had run
     * @param hung it was killed because it did not answer; else it died by itself
     * @param how what was seen of it
     */
    public record Crash(long atRanMs, boolean hung, String how) {}

    public CrashHistory {
        crashes = List.copyOf(crashes);
    }

    CrashHistory died(boolean hung, String how) {
        var all = new ArrayList<>(crashes.subList(Math.max(0, crashes.size() + 1 - KEPT), crashes.size()));
        all.add(new Crash(ranMs, hung, how));
        return new CrashHistory(ranMs, all);
    }

    CrashHistory ran(long ms) {
        return new CrashHistory(ranMs + ms, crashes);
    }

    /** Those after which it has not yet run for {@code windowMs}. */
    List<Crash> within(long windowMs) {
        return crashes.stream().filter(c -> ranMs - c.atRanMs() < windowMs).toList();
    }

    /** Another death, or so much more time that it would be a pity to lose; a server that never died costs no write. */
    public boolean isNews(CrashHistory written, long worthMs) {
        return !crashes.equals(written.crashes) || !within(FORGOTTEN_MS).isEmpty() && ranMs - written.ranMs >= worthMs;
    }
}
