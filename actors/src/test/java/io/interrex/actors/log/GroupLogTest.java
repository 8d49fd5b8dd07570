package io.interrex.actors.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.actors.hands.TestNode;
import io.interrex.actors.log.GroupLog.Answer;
import io.interrex.actors.log.GroupLog.Message;
import io.interrex.actors.log.GroupLog.Submit;
import io.interrex.actors.log.GroupLog.Subscribe;
import io.interrex.actors.log.GroupLog.Update;
import io.interrex.cluster.group.GroupCommand.OrderMode;
import io.interrex.cluster.group.GroupCommand.OrderSwitchover;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvent.GroupCreated;
import io.interrex.cluster.group.GroupEvent.ModeChanged;
import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.group.Mode;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.port.GroupJournal.Recorded;
import io.interrex.cluster.settings.GroupSettings;
import io.interrex.cluster.settings.Profile;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Given a group whose stream has one event, and a node that has read it. */
final class GroupLogTest {

    private static final GroupEvent CREATED = new GroupCreated(
            1,
            RuleId.GROUP_CREATED,
            "main",
            "a",
            new UUID(0, 1),
            List.of(new MemberInfo("a", "127.0.0.1", 5432, "z", 0, false, false, false)),
            1,
            List.of("a"),
            GroupSettings.defaults(Profile.FAST.timings()));
    private static final GroupEvent PAUSED =
            new ModeChanged(1, RuleId.ORDER_ACCEPTED, null, Mode.PAUSED, "somebody", "a test");
    private static final GroupEvent RESUMED =
            new ModeChanged(1, RuleId.ORDER_ACCEPTED, null, Mode.AUTO, "somebody", "a test");
    private static final OrderMode PAUSE = new OrderMode(new Stamp("a", 0), null, Mode.PAUSED, "somebody", "a test");

    private static final OrderSwitchover TO_NOBODY =
            new OrderSwitchover(new Stamp("a", 0), new UUID(0, 9), "somebody", "nobody", List.of(), false);

    private final ActorTestKit kit = ActorTestKit.create("log", TestNode.CONFIG);
    private final ManualJournal journal = new ManualJournal();
    private final TestProbe<Update> updates = kit.createTestProbe(Update.class);
    private final TestProbe<Answer> answers = kit.createTestProbe(Answer.class);
    private final Recorded created = journal.store(CREATED);

    @AfterEach
    void end() {
        kit.shutdownTestKit();
    }

    private ActorRef<Message> started() {
        ActorRef<Message> log = kit.spawn(GroupLog.create("main", journal, recorded -> {}, Duration.ofMillis(50)));
        log.tell(new Subscribe(updates.ref()));
        return log;
    }

    private ActorRef<Message> readToTheEnd() {
        ActorRef<Message> log = started();
        Update update = updates.receiveMessage();
        while (!update.readable()) {
            update = updates.receiveMessage();
        }
        assertEquals(created.envelope().version(), update.version());
        return log;
    }

    @Test
    @DisplayName("a subscriber of another actor system that is gone is told nothing more")
    void subscriberIsGone() {
        ActorTestKit brain = ActorTestKit.create("brain", TestNode.CONFIG);
        try {
            TestProbe<Update> supervisor = brain.createTestProbe(Update.class);
            var lost = brain.createDeadLetterProbe();
            ActorRef<Message> log = readToTheEnd();
            log.tell(new Subscribe(supervisor.ref()));
            assertTrue(supervisor.receiveMessage().readable());
            supervisor.stop();
            updates.expectTerminated(supervisor.ref(), Duration.ofSeconds(5));
            // the log hears of the end by a signal of its own, which may come after the first event
            var version = new AtomicInteger(1);
            updates.awaitAssert(Duration.ofSeconds(10), () -> {
                journal.bring(journal.store(version.getAndIncrement() % 2 == 1 ? PAUSED : RESUMED));
                assertEquals(version.get(), updates.receiveMessage().version());
                lost.expectNoMessage(Duration.ofMillis(100));
                return version;
            });
        } finally {
            brain.shutdownTestKit();
        }
    }

    @Test
    @DisplayName(
            "what a node of an older release would not understand is refused by rule, and the next command is decided")
    void tooNew() {
        ActorRef<Message> log = readToTheEnd();
        journal.refuseAppends("ModeChanged.until is of format 90");
        log.tell(new Submit(PAUSE, answers.ref()));
        Answer answer = answers.receiveMessage();
        assertTrue(answer.known());
        assertFalse(answer.accepted());
        assertEquals(RuleId.FORMAT_TOO_NEW, answer.rule());
        assertTrue(answer.why().contains("ModeChanged.until is of format 90"), answer.why());
        log.tell(new Submit(TO_NOBODY, answers.ref()));
        assertEquals(RuleId.ORDER_NO_PRIMARY, answers.receiveMessage().rule(), "what is refused anyway is told why");
        log.tell(new Submit(PAUSE, answers.ref()));
        assertEquals(RuleId.FORMAT_TOO_NEW, answers.receiveMessage().rule());
    }

    @Test
    @DisplayName("an event that comes without the one before it makes the log read what is missing")
    void gap() {
        readToTheEnd();
        journal.store(PAUSED);
        journal.bring(journal.store(RESUMED));
        assertEquals(2, updates.receiveMessage().version());
        assertEquals(3, updates.receiveMessage().version());
    }

    @Test
    @DisplayName("an event that this node does not understand ends its following, loudly, and its decisions")
    void notUnderstood() {
        ActorRef<Message> log = readToTheEnd();
        journal.bringWhatIsNotUnderstood("version 2 is from the future");
        Update stopped = updates.receiveMessage();
        assertFalse(stopped.readable());
        assertEquals("version 2 is from the future", stopped.stopped());
        assertNotNull(stopped.state());
        log.tell(new Submit(PAUSE, answers.ref()));
        Answer answer = answers.receiveMessage();
        assertFalse(answer.known());
        assertTrue(answer.why().contains("from the future"), answer.why());
        journal.bring(journal.store(PAUSED));
        updates.expectNoMessage(Duration.ofMillis(100));
    }

    @Test
    @DisplayName("an event that is not understood when the stream is read has the same end; who comes later is told")
    void notUnderstoodAtTheStart() {
        journal.refuseReads("version 1 is from the future");
        ActorRef<Message> log = started();
        Update update = updates.receiveMessage();
        while (update.stopped() == null) {
            update = updates.receiveMessage();
        }
        assertFalse(update.readable());
        TestProbe<Update> late = kit.createTestProbe(Update.class);
        log.tell(new Subscribe(late.ref()));
        assertEquals("version 1 is from the future", late.receiveMessage().stopped());
    }

    @Test
    @DisplayName("an event that is illegal where it stands stops this group, not the node")
    void illegal() {
        ActorRef<Message> log = readToTheEnd();
        journal.bring(journal.store(CREATED));
        Update stopped = updates.receiveMessage();
        assertTrue(String.valueOf(stopped.stopped()).contains("created twice"), () -> stopped.toString());
        log.tell(new Submit(PAUSE, answers.ref()));
        assertFalse(answers.receiveMessage().known());
    }

    @Test
    @DisplayName("a command is decided on, appended, and answered")
    void decides() {
        readToTheEnd().tell(new Submit(PAUSE, answers.ref()));
        Answer answer = answers.receiveMessage();
        assertTrue(answer.known() && answer.accepted(), answer::toString);
        Update update = updates.receiveMessage();
        assertEquals(2, update.version());
        assertNull(update.stopped());
    }
}
