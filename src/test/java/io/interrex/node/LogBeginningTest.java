package io.interrex.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.charter.VoterCharter;
import io.interrex.cluster.charter.VoterRecovery;
import io.interrex.cluster.format.Format;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupDecider;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.port.GroupJournal.Recorded;
import io.interrex.cluster.port.GroupJournal.Written;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.settings.GroupSettings;
import io.interrex.cluster.settings.Profile;
import io.interrex.persistence.LogGroupJournal;
import io.interrex.persistence.codec.EventCodec;
import io.interrex.persistence.ratis.RatisEventLog;
import io.interrex.persistence.ratis.RatisSettings;
import io.interrex.testkit.FreePort;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The log of generation 2, whose one voter a has a group in the log of generation 1")
final class LogBeginningTest {

    private static final List<String> VOTERS = List.of("a");
    private static final VoterRecovery DECIDED =
            new VoterRecovery(2, 9, List.of("b", "c"), "root@a", "burnt", "it ended with version 1");

    @TempDir
    private Path directory = Path.of("");

    private RatisEventLog log(int generation) throws IOException {
        return RatisEventLog.start(RatisSettings.voter(
                        "a", Map.of("a", "127.0.0.1:" + FreePort.find()), directory.resolve("log-" + generation))
                .withCluster(NodeLog.name("test", generation))
                .withReserve(0));
    }

    private static LogGroupJournal journal(RatisEventLog log) {
        return new LogGroupJournal(
                log, new EventCodec(), new LogGroupJournal.Writer(System::currentTimeMillis, System::nanoTime, "a"));
    }

    private void writeGenerationOne() throws Exception {
        try (RatisEventLog log = log(1)) {
            createGroup(log);
        }
    }

    /** In a log that has none. */
    static void createGroup(RatisEventLog log) throws Exception {
        var command = new GroupCommand.CreateGroup(
                new GroupCommand.Stamp("a", 1),
                "main",
                "a",
                UUID.randomUUID(),
                List.of(new MemberInfo("a", "127.0.0.1", 5432, "", 0, false, false, false)),
                List.of("a", "b", "c"),
                GroupSettings.defaults(Profile.FAST.timings()));
        var decision = GroupDecider.decide(null, command);
        UUID id = UUID.randomUUID();
        Written written;
        long untilNs = System.nanoTime() + 20_000_000_000L;
        do {
            written = journal(log)
                    .append("main", 0, id, Format.CURRENT, command, decision.events())
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
        } while (!(written instanceof Written.Appended) && System.nanoTime() < untilNs);
        assertTrue(written instanceof Written.Appended, written.toString());
    }

    private static List<Recorded> events(RatisEventLog log) throws Exception {
        var read = journal(log).read("main", 1, 100).toCompletableFuture().get(20, TimeUnit.SECONDS);
        if (read instanceof Outcome.Done<List<Recorded>>(var events)) {
            return events;
        }
        throw new AssertionError(read);
    }

    private LogBeginning survivor(RatisEventLog log) {
        return new LogBeginning(
                log,
                journal(log),
                VoterCharter.survivor(2, VOTERS, new UUID(1, 1)),
                "a",
                new LogBeginning.Source(directory.resolve("log-1"), NodeLog.name("test", 1), DECIDED));
    }

    @Test
    @DisplayName("begins with the events of the one before and who decided it, once; nobody uses it before")
    void begins() throws Exception {
        writeGenerationOne();
        try (RatisEventLog log = log(2)) {
            var other = new LogBeginning(log, journal(log), VoterCharter.first(2, VOTERS, new UUID(2, 2)), "m", null);
            CompletableFuture<Void> waiting = CompletableFuture.runAsync(
                    other::await, task -> Thread.ofPlatform().daemon().start(task));
            assertTrue(events(log).isEmpty());
            assertFalse(waiting.isDone());
            CompletableFuture.runAsync(
                            survivor(log)::await,
                            task -> Thread.ofPlatform().daemon().start(task))
                    .get(60, TimeUnit.SECONDS);
            waiting.get(20, TimeUnit.SECONDS);
            List<Recorded> events = events(log);
            assertEquals(3, events.size(), events::toString);
            assertTrue(events.getFirst().event() instanceof GroupEvent.GroupCreated, events::toString);
            assertTrue(
                    events.getLast().event() instanceof GroupEvent.VotersRecovered recovered
                            && recovered.voters().equals(VOTERS)
                            && recovered.lost().equals(List.of("b", "c"))
                            && recovered.actor().equals("root@a"),
                    events::toString);
            survivor(log).await();
            assertEquals(events, events(log));
        }
    }
}
