package io.interrex.cluster.member;

import java.util.ArrayList;
import java.util.List;

/**
 * When a server died by itself, and when it had to be killed because it did not answer; monotonic, ms, oldest first.
 *
 * @param atMs both
 * @param hangsAtMs only the latter
 */
public record Crashes(List<Long> atMs, List<Long> hangsAtMs) {

    public static final Crashes NONE = new Crashes(List.of(), List.of());

    private static final int KEPT = 100;

    Crashes died(long nowMs) {
        return new Crashes(with(atMs, nowMs), hangsAtMs);
    }

    Crashes hung(long nowMs) {
        return new Crashes(with(atMs, nowMs), with(hangsAtMs, nowMs));
    }

    public long since(long sinceMs) {
        return count(atMs, sinceMs);
    }

    /** The first of those; −1: none. */
    long firstSince(long sinceMs) {
        return atMs.stream().filter(at -> at >= sinceMs).findFirst().orElse(-1L);
    }

    public long hangsSince(long sinceMs) {
        return count(hangsAtMs, sinceMs);
    }

    /** The last of them; meaningful only where there is one. */
    long lastMs() {
        return atMs.getLast();
    }

    private static long count(List<Long> times, long sinceMs) {
        return times.stream().filter(at -> at >= sinceMs).count();
    }

    private static List<Long> with(List<Long> times, long nowMs) {
        var all = new ArrayList<>(times.subList(Math.max(0, times.size() + 1 - KEPT), times.size()));
        all.add(nowMs);
        return List.copyOf(all);
    }
}
