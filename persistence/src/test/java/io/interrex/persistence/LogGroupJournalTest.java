package io.interrex.persistence;

import static io.interrex.persistence.Samples.after;
import static io.interrex.persistence.Samples.await;
import static io.interrex.persistence.Samples.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.format.Format;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.port.GroupJournal.Recorded;
import io.interrex.cluster.port.GroupJournal.Written;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.settings.GroupSettings;
import io.interrex.cluster.settings.Profile;
import io.interrex.persistence.codec.EnvelopeBytes;
import io.interrex.persistence.codec.EventCodec;
import io.interrex.persistence.memory.InMemoryEventLog;
import io.interrex.persistence.memory.InMemoryEventLog.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LogGroupJournalTest {

    private static final String GROUP = "main";
    private static final GroupCommand COMMAND =
            new GroupCommand.ReportStuck(new GroupCommand.Stamp("a", 5), 7, "b", "disk full");
    private static final GroupEvent STUCK = new GroupEvent.MemberStuck(7, RuleId.MEMBER_STUCK, "b", "disk full");
    private static final GroupEvent GATE = new GroupEvent.GateMoved(7, RuleId.GATE_RECORDED, "a", true, "open");

    private final InMemoryEventLog log = new InMemoryEventLog();
    private final EventCodec codec = new EventCodec();
    private final AtomicLong clock = new AtomicLong(1000);
    private final LogGroupJournal journal = journal("a");

    private LogGroupJournal journal(String node) {
        return new LogGroupJournal(
                log, codec, new LogGroupJournal.Writer(clock::incrementAndGet, clock::incrementAndGet, node));
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    @DisplayName(
            "each decision names the settings that were in effect when it was made, on every node that read the stream")
    void settings() {
        GroupSettings fast = GroupSettings.defaults(Profile.FAST.timings());
        GroupSettings slow = GroupSettings.defaults(Profile.DEFAULT.timings());
        var created = new GroupEvent.GroupCreated(
                1, RuleId.GROUP_CREATED, GROUP, "a", new UUID(0, 1), List.of(), 1, List.of("a"), fast);
        var changed = new GroupEvent.SettingsRecorded(1, RuleId.SETTINGS_RECORDED, slow, List.of());
        assertEquals(fast.id(), settingsOf(appended(journal, 0, UUID.randomUUID(), created)));
        assertEquals(fast.id(), settingsOf(appended(journal, 1, UUID.randomUUID(), changed)));
        assertEquals(slow.id(), settingsOf(appended(journal, 2, UUID.randomUUID(), STUCK)));
        LogGroupJournal other = journal("b");
        await(other.read(GROUP, 1, 10));
        assertEquals(slow.id(), settingsOf(appended(other, 3, UUID.randomUUID(), STUCK)));
        assertNotEquals(fast.id(), slow.id());
    }

    private static String settingsOf(List<Recorded> recorded) {
        return recorded.getFirst().envelope().settings();
    }

    @Test
    @DisplayName("a decision's events share its id as their cause; the command stands in the first; the chain goes on")
    void envelopes() {
        var decision = UUID.randomUUID();
        var first = appended(journal, 0, decision, STUCK, GATE);
        var second = appended(journal, 2, UUID.randomUUID(), STUCK);
        var all = new ArrayList<>(first);
        all.addAll(second);
        assertEquals(Outcome.done(all), await(journal.read(GROUP, 1, 10)));
        var one = first.getFirst().envelope();
        assertEquals("group/main", one.stream());
        assertEquals(1, one.version());
        assertEquals(7, one.epoch());
        assertEquals("a", one.node());
        assertEquals("", one.settings());
        assertEquals(decision, one.cause());
        assertEquals(decision, first.get(1).envelope().cause());
        assertEquals(COMMAND, codec.decodeCommand(String.valueOf(one.command())));
        assertNull(first.get(1).envelope().command());
        String hash = EnvelopeBytes.NO_HASH;
        for (var recorded : all) {
            assertEquals(hash, recorded.envelope().previousHash());
            assertTrue(EnvelopeBytes.isIntact(recorded.envelope()));
            hash = recorded.envelope().hash();
        }
    }

    @Test
    @DisplayName("another writer's decision behind the same version is a conflict; a repeated one is appended once")
    void conflictAndRetry() {
        var decision = UUID.randomUUID();
        var first = appended(journal, 0, decision, STUCK);
        assertEquals(
                new Written.Conflict(1),
                await(journal("b").append(GROUP, 0, UUID.randomUUID(), Format.CURRENT, COMMAND, List.of(GATE))));
        assertEquals(first, appended(journal, 0, decision, STUCK));
        assertEquals(1, size());
    }

    @Test
    @DisplayName("what a node that knows the log's format only would not understand is not written")
    void tooNew() {
        assertEquals(
                new Written.TooNew("ReportStuck is of format %d".formatted(Format.FIRST)),
                await(journal.append(GROUP, 0, UUID.randomUUID(), Format.FIRST - 1, COMMAND, List.of(STUCK))));
        assertEquals(0, size());
    }

    @Test
    @DisplayName("a stream that is shorter than expected is a conflict, not an error")
    void shorter() {
        assertEquals(
                new Written.Conflict(0),
                await(journal.append(GROUP, 3, UUID.randomUUID(), Format.CURRENT, COMMAND, List.of(GATE))));
    }

    @Test
    @DisplayName("a lost answer is looked up by the event's id: appended, with what is stored")
    void lostAnswer() {
        log.next(Fault.LOSE_ANSWER);
        var recorded = appended(journal, 0, UUID.randomUUID(), STUCK, GATE);
        assertEquals(Outcome.done(recorded), await(journal.read(GROUP, 1, 10)));
    }

    @Test
    @DisplayName("a lost request stays unknown; the same decision tried again is appended once")
    void lostRequest() {
        log.next(Fault.LOSE_REQUEST);
        var decision = UUID.randomUUID();
        assertInstanceOf(
                Written.Unknown.class,
                await(journal.append(GROUP, 0, decision, Format.CURRENT, COMMAND, List.of(STUCK))));
        appended(journal, 0, decision, STUCK);
        assertEquals(1, size());
    }

    @Test
    @DisplayName("a lost answer whose place another writer took is a conflict")
    void lostRequestAndConflict() {
        appended(journal("b"), 0, UUID.randomUUID(), GATE);
        log.next(Fault.LOSE_REQUEST);
        assertEquals(
                new Written.Conflict(1),
                await(journal.append(GROUP, 0, UUID.randomUUID(), Format.CURRENT, COMMAND, List.of(STUCK))));
    }

    @Test
    @DisplayName(
            "a decision tried again by a journal that was restarted is not appended twice, and the next one finds its place")
    void restartedJournal() {
        var decision = UUID.randomUUID();
        var stored = appended(journal, 0, decision, STUCK);
        var restarted = journal("a");
        appended(restarted, 0, decision, STUCK);
        assertEquals(Outcome.done(stored), await(journal.read(GROUP, 1, 10)));
        var next = UUID.randomUUID();
        assertInstanceOf(
                Written.Unknown.class, await(restarted.append(GROUP, 1, next, Format.CURRENT, COMMAND, List.of(GATE))));
        appended(restarted, 1, next, GATE);
        assertEquals(2, size());
    }

    @Test
    @DisplayName("who follows need not read before it appends")
    void followerKnowsTheHash() {
        var seen = Collections.synchronizedList(new ArrayList<Recorded>());
        var mine = journal("b");
        try (var following = mine.follow(GROUP, 1, seen::add, Assertions::fail)) {
            var recorded = appended(journal, 0, UUID.randomUUID(), STUCK, GATE);
            eventually("2 events", Duration.ofSeconds(5), () -> seen.size() == 2);
            assertEquals(recorded, List.copyOf(seen));
            appended(mine, 2, UUID.randomUUID(), STUCK);
            assertEquals(0, log.reads());
        }
    }

    @Test
    @DisplayName("an offered event reaches who follows, and is not appended by that")
    void offer() {
        var seen = Collections.synchronizedList(new ArrayList<Recorded>());
        var other = new InMemoryEventLog();
        var decided = new LogGroupJournal(other, codec, new LogGroupJournal.Writer(() -> 1, () -> 2, "b"));
        var recorded = appended(decided, 0, UUID.randomUUID(), STUCK);
        try (var following = journal.follow(GROUP, 1, seen::add, Assertions::fail)) {
            journal.offer(recorded.getFirst().envelope());
            eventually("the offered event", Duration.ofSeconds(5), () -> seen.equals(recorded));
        }
        assertEquals(0, size());
        other.close();
    }

    @Test
    @DisplayName("an event that this version does not know stops who follows, and refuses who reads; none is skipped")
    void unknownEvent() {
        var known = appended(journal, 0, UUID.randomUUID(), STUCK).getFirst().envelope();
        await(log.append(known.stream(), 1, after(known, known.stream(), 1, "from a newer version")));
        appended(journal("b"), 2, UUID.randomUUID(), GATE);
        var seen = Collections.synchronizedList(new ArrayList<Recorded>());
        var why = Collections.synchronizedList(new ArrayList<String>());
        try (var following = journal.follow(GROUP, 1, seen::add, why::add)) {
            eventually("it stopped", Duration.ofSeconds(5), () -> !why.isEmpty());
            appended(journal("b"), 3, UUID.randomUUID(), GATE);
            var refused = assertInstanceOf(Outcome.Refused.class, await(journal.read(GROUP, 1, 10)));
            assertTrue(refused.reason().contains("group/main version 2 cannot be read"), refused.reason());
        }
        assertEquals(1, seen.size());
        assertEquals(1, why.size());
        assertTrue(why.getFirst().contains("group/main version 2 cannot be read"), why.getFirst());
    }

    @Test
    @DisplayName("a decision without events is refused")
    void noEvents() {
        assertThrows(
                IllegalArgumentException.class,
                () -> journal.append(GROUP, 0, UUID.randomUUID(), Format.CURRENT, COMMAND, List.of()));
    }

    private int size() {
        return assertInstanceOf(Outcome.Done.class, await(journal.read(GROUP, 1, 100)))
                                .value()
                        instanceof List<?> list
                ? list.size()
                : -1;
    }

    private static List<Recorded> appended(
            LogGroupJournal journal, long expected, UUID decision, GroupEvent... events) {
        var written = await(journal.append(GROUP, expected, decision, Format.CURRENT, COMMAND, List.of(events)));
        return assertInstanceOf(Written.Appended.class, written).events();
    }
}
