package io.interrex.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.actors.log.GroupLog;
import io.interrex.cluster.group.GroupCommand.ReportNotified;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvent.MemberStuck;
import io.interrex.cluster.group.GroupEvent.PeopleNotified;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.port.Envelope;
import io.interrex.cluster.port.GroupJournal.Recorded;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Notifier;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.view.Headlines;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Given node b of a, b and c, and one notifier whose deliveries take no time. */
final class NotificationsTest {

    private final ActorTestKit kit = ActorTestKit.create();
    private final TestProbe<GroupLog.Message> log = kit.createTestProbe(GroupLog.Message.class);
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final AtomicReference<Supplier<CompletionStage<Outcome<Nothing>>>> answer =
            new AtomicReference<>(() -> CompletableFuture.completedFuture(Outcome.done(Nothing.NOTHING)));
    private final ActorRef<GroupLog.Update> follower;
    private long version;

    private final class Given implements Notifier {

        @Override
        public String name() {
            return "pager";
        }

        @Override
        public CompletionStage<Outcome<Nothing>> send(Notice notice) {
            told.add(notice.title());
            return answer.get().get();
        }

        @Override
        public void close() {}
    }

    NotificationsTest() {
        var route = new People.Route(new Given(), Notifier.Severity.INFO, Duration.ZERO);
        kit.spawn(Notifications.create(
                "main",
                new People("b", List.of(route), log.ref()),
                () -> Set.of("a", "b", "c"),
                Duration.ofMillis(300),
                0));
        follower = log.expectMessageClass(GroupLog.Subscribe.class).subscriber();
    }

    @AfterEach
    void end() {
        kit.shutdownTestKit();
    }

    private void recorded(String writer, GroupEvent event) {
        UUID id = UUID.randomUUID();
        var envelope = new Envelope("group/main", ++version, id, 1, 1, 1, writer, "", 1, id, "", "", null, "", "");
        follower.tell(new GroupLog.Update(null, version, new Recorded(envelope, event), true, null));
    }

    private static MemberStuck stuck(String member) {
        return new MemberStuck(1, RuleId.MEMBER_STUCK, member, "no space");
    }

    private @Nullable String next() throws InterruptedException {
        return told.poll(10, TimeUnit.SECONDS);
    }

    private ReportNotified report() {
        return assertInstanceOf(
                ReportNotified.class,
                log.expectMessageClass(GroupLog.Submit.class).command());
    }

    @Test
    @DisplayName("what this node wrote it tells, and records that it did")
    void own() throws InterruptedException {
        recorded("b", stuck("x"));
        assertTrue(String.valueOf(next()).contains("x"));
        assertEquals("delivered", report().outcome());
    }

    @Test
    @DisplayName("a delivery that fails, in whatever way, is recorded as such")
    void failing() {
        answer.set(() -> CompletableFuture.completedFuture(Outcome.refused("exit code 3")));
        recorded("b", stuck("x"));
        assertEquals("refused: exit code 3", report().outcome());
        answer.set(() -> CompletableFuture.failedFuture(new IllegalStateException("broken")));
        recorded("b", stuck("y"));
        assertEquals("unknown: java.lang.IllegalStateException: broken", report().outcome());
        answer.set(() -> {
            throw new IllegalStateException("poisoned");
        });
        recorded("b", stuck("z"));
        assertEquals("unknown: java.lang.IllegalStateException: poisoned", report().outcome());
    }

    @Test
    @DisplayName("a node that was added meanwhile has its turn, too, and those after it wait one longer")
    void added() {
        var nodes = new AtomicReference<>(Set.of("a", "c"));
        var untold = new Untold("c", nodes::get, Duration.ofSeconds(1));
        var route = new People.Route(new Given(), Notifier.Severity.INFO, Duration.ofSeconds(1));
        var notice = new Notifier.Notice("main", 1, Notifier.Severity.INFO, "x", "x", Instant.EPOCH);
        untold.add(route, notice, "a", 0);
        nodes.set(Set.of("a", "b", "c"));
        untold.add(route, notice, "a", 0);
        assertEquals(1, untold.due(2_000_000_000L).size());
        assertEquals(1, untold.due(4_000_000_000L).size());
    }

    @Test
    @DisplayName("what another node wrote is told by this one only where the log does not say that it was told")
    void takesOver() throws InterruptedException {
        recorded("a", stuck("x"));
        var headline = Headlines.of(null, stuck("x")).orElseThrow();
        recorded(
                "a",
                new PeopleNotified(
                        1, RuleId.NOTIFIED, "pager", headline.severity(), headline.text(), "refused: exit code 3"));
        recorded("a", stuck("lost"));
        String lost = Headlines.of(null, stuck("lost")).orElseThrow().text();
        assertEquals(lost, next());
        assertEquals(lost, report().title());
        assertTrue(told.isEmpty(), told::toString);
    }
}
