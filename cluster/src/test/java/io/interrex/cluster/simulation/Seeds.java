package io.interrex.cluster.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/**
 * Plays a range of seeds on one thread or several, and hands over the results in the order of the seeds. A schedule shares
 * nothing with another, so the results do not depend on the number of threads.
 */
final class Seeds {

    /** So many are played by one thread in one go; large against the cost of handing them over. */
    private static final int AT_ONCE = 200;

    private Seeds() {}

    /** @param each is called by the caller's thread only; what it throws ends the run */
    static void play(
            long first, long seeds, int jobs, LongFunction<Simulation.Result> play, Consumer<Simulation.Result> each) {
        if (jobs == 1) {
            for (long seed = first; seed < first + seeds; seed++) {
                each.accept(play.apply(seed));
            }
            return;
        }
        var ahead = new ArrayDeque<Future<List<Simulation.Result>>>();
        var threads = Executors.newFixedThreadPool(jobs);
        try {
            long end = first + seeds;
            long next = first;
            while (next < end || !ahead.isEmpty()) {
                while (next < end && ahead.size() < 4 * jobs) {
                    long from = next;
                    next = Math.min(end, from + AT_ONCE);
                    long to = next;
                    ahead.addLast(threads.submit(() -> some(from, to, play)));
                }
                ahead.removeFirst().get().forEach(each);
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a schedule was not played to its end", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<Simulation.Result> some(long from, long to, LongFunction<Simulation.Result> play) {
        var results = new ArrayList<Simulation.Result>();
        for (long seed = from; seed < to && !Thread.currentThread().isInterrupted(); seed++) {
            results.add(play.apply(seed));
        }
        return results;
    }
}
