package io.interrex.actors.hands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.Scheduler;
import org.apache.pekko.actor.SchedulerException;
import org.apache.pekko.event.NoLogging;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import scala.concurrent.ExecutionContext;

@DisplayName("The clock of the hands")
@Timeout(30)
final class DueTimersTest {

    private static final long MS = 1_000_000;
    private static final Duration SOON = Duration.ofMillis(30);

    /** Long enough to be cancelled before, on a busy machine too. */
    private static final Duration LATER = Duration.ofSeconds(2);

    private final BlockingQueue<Long> fired = new ArrayBlockingQueue<>(100);
    private final ExecutionContext here = ExecutionContext.fromExecutor(Runnable::run);
    private final DueTimers clock = new DueTimers(
            ConfigFactory.empty(),
            NoLogging.getInstance(),
            Thread.ofPlatform().daemon().factory());

    @AfterEach
    void end() {
        clock.close();
    }

    private void fire() {
        fired.add(System.nanoTime());
    }

    private long awaitFired() throws InterruptedException {
        Long at = fired.poll(10, TimeUnit.SECONDS);
        assertTrue(at != null, "nothing fired");
        return at;
    }

    @Test
    @DisplayName("what is due in one slot is waited for until its end, and what is due at its end no longer")
    void slots() {
        assertEquals(30 * MS, DueTimers.waitNs(10 * MS, 30 * MS));
        assertEquals(31 * MS, DueTimers.waitNs(9 * MS, 30 * MS));
        assertEquals(39 * MS, DueTimers.waitNs(MS, 30 * MS));
        assertEquals(39 * MS, DueTimers.waitNs(MS, 33 * MS));
        assertEquals(2 * MS, DueTimers.waitNs(-2 * MS, -7));
    }

    @Test
    @DisplayName("a delay without end neither overflows nor fires")
    void longest() {
        Cancellable timer = clock.scheduleOnce(Duration.ofNanos(Long.MAX_VALUE), this::fire, here);

        assertTrue(timer.cancel());
        assertEquals(true, fired.isEmpty());
    }

    @Test
    @DisplayName("fires once, and never early")
    void once() throws InterruptedException {
        long beganNs = System.nanoTime();

        clock.scheduleOnce(SOON, this::fire, here);

        assertTrue(awaitFired() - beganNs >= SOON.toNanos());
    }

    @Test
    @DisplayName("fires again and again, until it is cancelled")
    void repeated() throws InterruptedException {
        long beganNs = System.nanoTime();

        Cancellable timer = clock.scheduleAtFixedRate(SOON, SOON, this::fire, here);

        awaitFired();
        assertTrue(awaitFired() - beganNs >= 2 * SOON.toNanos());
        assertTrue(timer.cancel());
        assertTrue(timer.isCancelled());
    }

    @Test
    @DisplayName("what is cancelled does not fire, what is due later does")
    void cancelled() throws InterruptedException {
        long beganNs = System.nanoTime();
        Cancellable first = clock.scheduleOnce(LATER, this::fire, here);
        clock.scheduleOnce(LATER.plus(SOON), this::fire, here);

        assertTrue(first.cancel());

        assertTrue(awaitFired() - beganNs >= LATER.plus(SOON).toNanos());
    }

    @Test
    @DisplayName("after its end it takes no timer")
    void closed() {
        clock.close();

        assertThrows(SchedulerException.class, () -> clock.scheduleOnce(SOON, this::fire, here));
    }

    private Scheduler.TaskRunOnClose last() {
        return this::fire;
    }

    @Test
    @DisplayName("what ends the threads of an actor system fires when it is due, and not again at the end")
    void lastWhenDue() throws InterruptedException {
        long beganNs = System.nanoTime();

        clock.scheduleOnce(SOON, last(), here);

        assertTrue(awaitFired() - beganNs >= SOON.toNanos());
        clock.close();
        assertTrue(fired.isEmpty());
    }

    @Test
    @DisplayName("what ends the threads of an actor system fires with the clock's end, and at once after it")
    void lastAtTheEnd() {
        clock.scheduleOnce(LATER, last(), here);
        Cancellable cancelled = clock.scheduleOnce(LATER, last(), here);
        assertTrue(cancelled.cancel());
        assertTrue(cancelled.isCancelled());

        clock.close();
        assertEquals(1, fired.size());

        clock.scheduleOnce(LATER, last(), here);
        assertEquals(2, fired.size());
    }

    @Test
    @DisplayName("is the one that the actors of the hands get")
    void ofTheHands() {
        HandsSystem hands = HandsSystem.start(part -> {});
        try {
            assertInstanceOf(DueTimers.class, hands.system().classicSystem().scheduler());
        } finally {
            hands.system().terminate();
        }
    }
}
