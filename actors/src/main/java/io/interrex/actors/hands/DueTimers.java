package io.interrex.actors.hands;

import com.typesafe.config.Config;
import java.io.Closeable;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.pekko.actor.AbstractScheduler;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.Scheduler;
import org.apache.pekko.actor.SchedulerException;
import org.apache.pekko.event.LoggingAdapter;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.FiniteDuration;

/**
 * The clock of the hands: wakes when a timer is due, and not otherwise. Pekko's own wakes 50 times a second for its ticks of 20 ms,
 * which costs 0.4 % of a core where nothing is due. Timers are no finer than {@link #SLOT_NS}, so that those that are due almost
 * together cost one wake-up; none is ever early. Made by Pekko from reference.conf ({@code pekko.scheduler.implementation}).
 */
public final class DueTimers extends AbstractScheduler implements Closeable {

    /** A lease round every 200 ms bears it; finer ones cost more wake-ups. */
    static final long SLOT_NS = 20_000_000;

    /** Longer delays are as good as none; below the overflow of any sum with {@link System#nanoTime}. */
    private static final long DELAY_MAX_NS = TimeUnit.DAYS.toNanos(3650);

    private final ScheduledThreadPoolExecutor clock;

    /** What ends the threads of the actor system; with the clock it is due. */
    private final Set<AtEnd> atEnd = ConcurrentHashMap.newKeySet();

    /** What Pekko asks of a scheduler that it makes. */
    public DueTimers(Config config, LoggingAdapter log, ThreadFactory threads) {
        clock = new ScheduledThreadPoolExecutor(1, threads);
        clock.setRemoveOnCancelPolicy(true);
    }

    /** From {@code nowNs} until the end of the slot in which the delay is over. */
    static long waitNs(long nowNs, long delayNs) {
        long askedNs = Math.clamp(delayNs, 0, DELAY_MAX_NS);
        long overNs = Math.floorMod(nowNs + askedNs, SLOT_NS);
        return askedNs + (overNs == 0 ? 0 : SLOT_NS - overNs);
    }

    @Override
    public Cancellable scheduleOnce(FiniteDuration delay, Runnable task, ExecutionContext executor) {
        long nowNs = System.nanoTime();
        long waitNs = waitNs(nowNs, delay.toNanos());
        if (!(task instanceof Scheduler.TaskRunOnClose)) {
            return begun(() -> clock.schedule(() -> executor.execute(task), waitNs, TimeUnit.NANOSECONDS));
        }
        var last = new AtEnd(() -> executor.execute(task));
        atEnd.add(last);
        try {
            clock.schedule(last::run, waitNs, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            last.run();
        }
        return last;
    }

    @Override
    public Cancellable schedule(
            FiniteDuration initialDelay, FiniteDuration interval, Runnable task, ExecutionContext executor) {
        long nowNs = System.nanoTime();
        return begun(() -> clock.scheduleAtFixedRate(
                () -> executor.execute(task),
                waitNs(nowNs, initialDelay.toNanos()),
                Math.clamp(interval.toNanos(), 1, DELAY_MAX_NS),
                TimeUnit.NANOSECONDS));
    }

    private static Cancellable begun(Supplier<ScheduledFuture<?>> begin) {
        try {
            return new Timer(begin.get());
        } catch (RejectedExecutionException e) {
            throw new SchedulerException("the actor system has ended, no timer is started any more");
        }
    }

    /** Slots in a second. */
    @Override
    public double maxFrequency() {
        return 1e9 / SLOT_NS;
    }

    /** What is due later is given up, but for the end of the actor system's threads. */
    @Override
    public void close() {
        clock.shutdownNow();
        atEnd.forEach(AtEnd::run);
    }

    /** Runs once: when it is due, at the end of the clock, or at once after that. */
    private final class AtEnd implements Cancellable {
        private final Runnable task;
        private volatile boolean cancelled;

        AtEnd(Runnable task) {
            this.task = task;
        }

        void run() {
            if (atEnd.remove(this)) {
                task.run();
            }
        }

        @Override
        public boolean cancel() {
            boolean inTime = atEnd.remove(this);
            if (inTime) {
                cancelled = true;
            }
            return inTime;
        }

        @Override
        public boolean isCancelled() {
            return cancelled;
        }
    }

    private record Timer(ScheduledFuture<?> pending) implements Cancellable {
        @Override
        public boolean cancel() {
            return pending.cancel(false);
        }

        @Override
        public boolean isCancelled() {
            return pending.isCancelled();
        }
    }
}
