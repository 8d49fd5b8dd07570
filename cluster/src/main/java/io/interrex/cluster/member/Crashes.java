package io.interrex.cluster.member;

import io.interrex.cluster.port.DatabaseStatus.Process;
import java.util.ArrayList;
import java.util.List;

/**
 * What an agent knows of its server's deaths: those that are on disk, and when it saw them itself.
 *
 * @param history survives the node
 * @param seenMs when this agent saw the last of them; monotonic, ms, oldest first
 * @param wellMs when the server was seen to answer last; −1: not since it died
 */
public record Crashes(CrashHistory history, List<Long> seenMs, long wellMs) {

    public static final Crashes NONE = new Crashes(CrashHistory.NONE, List.of(), -1);

    private static final int KEPT = 100;

    static Crashes remembered(CrashHistory history) {
        return new Crashes(history, List.of(), -1);
    }

    Crashes died(long nowMs, boolean hung, String how) {
        var seen = new ArrayList<>(seenMs.subList(Math.max(0, seenMs.size() + 1 - KEPT), seenMs.size()));
        seen.add(nowMs);
        return new Crashes(history.died(hung, how), List.copyOf(seen), -1);
    }

    /** The server was looked at: between two looks in a row at which it answers it ran. */
    Crashes looked(Process process, long nowMs) {
        boolean answers = process == Process.PRIMARY || process == Process.STANDBY;
        CrashHistory next = answers && wellMs >= 0 ? history.ran(nowMs - wellMs) : history;
        return new Crashes(next, seenMs, answers ? nowMs : -1);
    }

    public long within(long windowMs) {
        return history.within(windowMs).size();
    }

    public long hangsWithin(long windowMs) {
        return history.within(windowMs).stream()
                .filter(CrashHistory.Crash::hung)
                .count();
    }

    /** When this agent saw the first of them; −1: it has seen none. */
    long firstWithin(long windowMs) {
        int seen = (int) Math.min(within(windowMs), seenMs.size());
        return seen == 0 ? -1 : seenMs.get(seenMs.size() - seen);
    }

    /** −1: this agent has seen none. */
    long lastMs() {
        return seenMs.isEmpty() ? -1 : seenMs.getLast();
    }
}
