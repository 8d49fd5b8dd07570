package io.interrex.persistence.pekko;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.persistence.Samples;
import io.interrex.persistence.memory.InMemoryEventLog;
import io.interrex.persistence.ratis.RatisEventLog;
import io.interrex.persistence.ratis.RatisSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.persistence.query.EventEnvelope;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A persistent actor on a real log: it is there again after a restart, and its events can be read as a stream. */
class PersistentActorsTest {

    private static final String ID = "words";
    private static final Duration SOON = Duration.ofSeconds(15);

    /** Adds a word; answered with all words. */
    private record Add(String word, ActorRef<String> replyTo) {}

    private static final class Words extends EventSourcedBehavior<Add, String, String> {
        Words() {
            super(PersistenceId.ofUniqueId(ID));
        }

        static Behavior<Add> behavior() {
            return new Words();
        }

        @Override
        public String emptyState() {
            return "";
        }

        @Override
        public CommandHandler<Add, String, String> commandHandler() {
            return newCommandHandlerBuilder()
                    .forAnyState()
                    .onAnyCommand((state, add) -> Effect()
                            .persist(add.word())
                            .thenRun(now -> add.replyTo().tell(now)));
        }

        @Override
        public EventHandler<String, String> eventHandler() {
            return newEventHandlerBuilder().forAnyState().onAnyEvent((state, word) -> state + word + " ");
        }
    }

    @Test
    @DisplayName(
            "a persistent actor finds its state again after log and actor system were restarted; its events are read as a stream")
    void survivesRestart(@TempDir Path directory) throws IOException {
        String address;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            address = "127.0.0.1:" + socket.getLocalPort();
        }
        var settings = RatisSettings.voter("a", Map.of("a", address), directory).withReserve(0);
        try (var log = RatisEventLog.start(settings);
                var fixture = new JournalFixture(log)) {
            assertEquals("one ", add(fixture, "one", 1));
        }
        try (var log = RatisEventLog.start(settings);
                var fixture = new JournalFixture(log)) {
            assertEquals("one two ", add(fixture, "two", 1));
            var journal = PersistenceQuery.get(fixture.system())
                    .getReadJournalFor(InterrexReadJournal.class, InterrexReadJournal.IDENTIFIER);
            assertEquals(
                    List.of("one", "two"),
                    journal.currentEventsByPersistenceId(ID, 1, Long.MAX_VALUE)
                            .map(EventEnvelope::event)
                            .runWith(Sink.seq(), fixture.system())
                            .toCompletableFuture()
                            .orTimeout(15, TimeUnit.SECONDS)
                            .join());
            var seen = Collections.synchronizedList(new ArrayList<Object>());
            var running = journal.eventsByPersistenceId(ID, 2, Long.MAX_VALUE)
                    .viaMat(KillSwitches.single(), Keep.right())
                    .to(Sink.foreach(event -> seen.add(event.event())))
                    .run(fixture.system());
            assertEquals("one two three ", add(fixture, "three", 2));
            Samples.eventually("two and three", SOON, () -> seen.equals(List.of("two", "three")));
            running.shutdown();
            assertEquals(
                    List.of("one", "two"),
                    journal.eventsByPersistenceId(ID, 1, 2)
                            .map(EventEnvelope::event)
                            .runWith(Sink.seq(), fixture.system())
                            .toCompletableFuture()
                            .orTimeout(15, TimeUnit.SECONDS)
                            .join());
        }
    }

    @Test
    @DisplayName("following an actor's events goes on while the common pool, one thread on two cores, is taken")
    void needsNoCommonPool() {
        var free = new CountDownLatch(1);
        try (var log = new InMemoryEventLog();
                var fixture = new JournalFixture(log)) {
            add(fixture, "one", 1);
            add(fixture, "one", 2);
            var taken = new CountDownLatch(ForkJoinPool.getCommonPoolParallelism());
            for (int i = 0; i < ForkJoinPool.getCommonPoolParallelism(); i++) {
                ForkJoinPool.commonPool().execute(() -> occupy(taken, free));
            }
            Samples.eventually("all threads of the common pool are taken", SOON, () -> taken.getCount() == 0);
            var seen = Collections.synchronizedList(new ArrayList<Object>());
            PersistenceQuery.get(fixture.system())
                    .getReadJournalFor(InterrexReadJournal.class, InterrexReadJournal.IDENTIFIER)
                    .eventsByPersistenceId(ID, 1, 2)
                    .runForeach(event -> seen.add(event.event()), fixture.system());
            Samples.eventually("both events", SOON, () -> seen.equals(List.of("one", "one")));
        } finally {
            free.countDown();
        }
    }

    private static void occupy(CountDownLatch taken, CountDownLatch free) {
        taken.countDown();
        try {
            free.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String add(JournalFixture fixture, String word, int incarnation) {
        ActorRef<Add> words = Adapter.spawn(fixture.system(), Words.behavior(), "words-" + word + incarnation);
        var typed = Adapter.toTyped(fixture.system());
        var reply = AskPattern.<Add, String>ask(words, replyTo -> new Add(word, replyTo), SOON, typed.scheduler())
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
        fixture.system().stop(Adapter.toClassic(words));
        return reply;
    }
}
