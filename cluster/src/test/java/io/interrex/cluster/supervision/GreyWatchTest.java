package io.interrex.cluster.supervision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupCommand.HandOver;
import io.interrex.cluster.group.GroupCommand.LimitWrites;
import io.interrex.cluster.group.GroupCommand.ReportDisk;
import io.interrex.cluster.group.GroupCommand.ReportGreyFailure;
import io.interrex.cluster.group.GroupDecider;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.group.Restart;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.group.Troubles.GreyFailure;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.port.DatabaseStatus.Sender;
import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.Space;
import io.interrex.cluster.port.Vitals;
import io.interrex.cluster.supervision.Watch.Heard;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** a is the primary, b and c stream from it; this is the supervisor of b, profile fast: it looks every second. */
@DisplayName("What a supervisor sees of members that answer and are not well:")
final class GreyWatchTest extends SupervisorDesk {

    private static final long ROOM = 500;
    private static final Lsn END = new Lsn(1000);
    private GreyWatch grey = GreyWatch.START;
    private GroupState group = Groups.steady();
    private long nowMs = NOW_MS;
    /** By c. */
    private Lsn flushed = END;

    GreyWatchTest() {
        peers = new HashMap<>();
    }

    private void says(String member, long freeGiB, int slots, long replayed) {
        boolean primary = member.equals("a");
        List<Sender> senders = !primary
                ? List.of()
                : Stream.of("b", "c")
                        .map(name -> new Sender(name, "streaming", name.equals("c") ? flushed : END, END, "quorum"))
                        .toList();
        var database = new DatabaseStatus(
                primary ? Process.PRIMARY : Process.STANDBY,
                1,
                "7",
                1,
                END,
                new Lsn(replayed),
                !primary,
                primary ? null : "a",
                1,
                null,
                "",
                senders,
                false,
                freeGiB << 30,
                150_000,
                null,
                null);
        var vitals = new Vitals(List.of(new Space(Space.DATA, freeGiB << 30, 1000L << 30)), slots, 100);
        var status = status(member, database, Gate.Position.OPEN, vitals);
        var all = new HashMap<>(peers);
        all.put(member, Heard.of(null, status, nowMs));
        peers = all;
    }

    private void allWell() {
        List.of("a", "b", "c").forEach(member -> says(member, ROOM, 10, 1000));
    }

    private List<GroupCommand> look() {
        nowMs += 1_000;
        peers.replaceAll((member, heard) -> Heard.of(null, heard.status(), nowMs));
        GreyWatch.Turn turn = grey.turn(watch(group, null, nowMs));
        grey = turn.watch();
        var commands = new ArrayList<GroupCommand>();
        turn.acts()
                .forEach(act ->
                        commands.add(assertInstanceOf(Act.Submit.class, act).command()));
        return commands;
    }

    /** The log accepts what it is asked. */
    private void recorded(List<GroupCommand> commands) {
        for (GroupCommand command : commands) {
            for (GroupEvent event : GroupDecider.decide(group, command).events()) {
                group = Groups.after(group, event);
            }
        }
    }

    @Test
    @DisplayName("all is well | nothing is known | the last look was a moment ago => nothing")
    void nothing() {
        assertEquals(List.of(), look());
        allWell();
        assertEquals(List.of(), look());
        says("a", 1, 10, 1000);
        nowMs -= 500;
        assertEquals(List.of(), look(), "it looks every second");
    }

    @Test
    @DisplayName("the primary's disk gets nearly full => recorded, then handed over to b or c, once")
    void handsOver() {
        allWell();
        says("a", 1, 10, 1000);
        List<GroupCommand> first = look();
        assertInstanceOf(ReportDisk.class, first.getFirst());
        assertEquals(1, first.size());
        assertEquals(List.of(), look(), "asked a moment ago");
        recorded(first);
        List<GroupCommand> second = look();
        assertEquals(
                2, assertInstanceOf(HandOver.class, second.getFirst()).roomy().size());
        recorded(second);
        assertEquals("b", group.operation() == null ? null : group.operation().target());
        assertEquals(List.of(), look());
    }

    @Test
    @DisplayName("a standby that says now that its disk is low is not handed over to, recorded or not")
    void lowStandby() {
        allWell();
        says("a", 1, 10, 1000);
        recorded(look());
        says("b", 5, 10, 1000);
        List<GroupCommand> next = look();
        HandOver handOver = next.stream()
                .filter(HandOver.class::isInstance)
                .map(HandOver.class::cast)
                .findFirst()
                .orElseThrow();
        assertEquals(
                List.of("c"), handOver.roomy().stream().map(r -> r.member()).toList());
    }

    @Test
    @DisplayName("nothing is left and nobody has room => clients only read, and write again when there is room")
    void onlyReads() {
        allWell();
        List.of("b", "c").forEach(member -> says(member, 5, 10, 1000));
        says("a", 0, 10, 1000);
        recorded(look());
        List<GroupCommand> second = look();
        var limit = assertInstanceOf(LimitWrites.class, second.getLast());
        assertTrue(limit.limited());
        assertEquals(1, limit.spaces().size());
        recorded(second);
        assertTrue(group.isReadOnly());
        assertEquals(List.of(), look());
        says("a", ROOM, 10, 1000);
        recorded(look());
        List<GroupCommand> over = look();
        assertFalse(assertInstanceOf(LimitWrites.class, over.getFirst()).limited());
        recorded(over);
        assertFalse(group.isReadOnly());
    }

    @Test
    @DisplayName("a standby that flushed nothing has flushed all that it got for 8 s => that is over, not before")
    void flushesAgain() {
        allWell();
        group = Groups.after(
                group,
                new GroupEvent.GreyFailureChanged(
                        1, RuleId.FLUSH_STALLED, "c", GreyFailure.FLUSH_STALLED, true, "a", "for 900 ms"));
        flushed = new Lsn(900);
        for (int second = 0; second < 30; second++) {
            says("a", ROOM, 10, 1000);
            assertEquals(List.of(), look(), "it has flushed no further");
        }
        for (int second = 0; second < 7; second++) {
            flushed = new Lsn(901 + second);
            says("a", ROOM, 10, 1000);
            assertEquals(List.of(), look(), "it goes on since " + second + " s");
        }
        flushed = END;
        says("a", ROOM, 10, 1000);
        List<GroupCommand> over = look();
        assertFalse(assertInstanceOf(ReportGreyFailure.class, over.getFirst()).present());
        recorded(over);
        assertEquals(List.of(), look());
    }

    @Test
    @DisplayName("a primary that has room again by what it says now keeps its place")
    void roomAgain() {
        allWell();
        says("a", 1, 10, 1000);
        recorded(look());
        says("a", ROOM, 10, 1000);
        List<GroupCommand> next = look();
        assertEquals(1, next.size());
        assertInstanceOf(ReportDisk.class, next.getFirst());
    }

    @Test
    @DisplayName("who ranks later says it only where it stays unsaid")
    void laterRank() {
        rank = 1;
        allWell();
        says("c", 5, 10, 1000);
        assertEquals(List.of(), look());
        assertEquals(List.of(), look());
        assertEquals(1, look().size());
    }

    @Test
    @DisplayName("a standby that holds more and applies none of it for 32 s is told, and that it goes on")
    void stalledReplay() {
        allWell();
        says("c", ROOM, 10, 900);
        for (int second = 0; second < 32; second++) {
            assertEquals(List.of(), look(), "after " + second + " s");
        }
        List<GroupCommand> told = look();
        assertTrue(assertInstanceOf(ReportGreyFailure.class, told.getFirst()).present(), told.toString());
        recorded(told);
        assertEquals(List.of(), look());
        says("c", ROOM, 10, 901);
        assertEquals(1, look().size());
    }

    @Test
    @DisplayName("one that applies slowly is not stalled")
    void slowReplay() {
        allWell();
        for (int second = 0; second < 100; second++) {
            says("c", ROOM, 10, 800 + second);
            assertEquals(List.of(), look());
        }
    }

    @Test
    @DisplayName("clients with 95 of 100 connections are told, and that they have fewer than 80")
    void connections() {
        allWell();
        says("a", ROOM, 94, 1000);
        assertEquals(List.of(), look());
        says("a", ROOM, 95, 1000);
        List<GroupCommand> told = look();
        assertEquals(1, told.size());
        recorded(told);
        says("a", ROOM, 80, 1000);
        assertEquals(List.of(), look());
        says("a", ROOM, 79, 1000);
        assertEquals(1, look().size());
    }

    private static GroupState toBeRestarted(GroupState group, long atMs, String... members) {
        List<GroupCommand.Run> runs = Stream.of(members)
                .map(member -> new GroupCommand.Run(member, 1, false, false))
                .toList();
        return Groups.after(
                group,
                new GroupEvent.RestartOrdered(
                        1, RuleId.ORDER_ACCEPTED, Groups.ORDER, "eve", runs, new TreeSet<>(), false, true, atMs));
    }

    @Test
    @DisplayName("when the primary is the next to be restarted a standby that streams takes over, and not before")
    void restartHandsOver() {
        allWell();
        group = toBeRestarted(group, Groups.NOW_MS, "b", "a");
        assertEquals(List.of(), look());
        group = toBeRestarted(group, Groups.NOW_MS, "a");
        peers.remove("c");
        assertEquals(
                List.of(new GroupCommand.StandbyLag("b", 0)),
                assertInstanceOf(GroupCommand.RestartHandOver.class, look().getFirst())
                        .lagBytes());
        allWell();
        grey = GreyWatch.START;
        List<GroupCommand> next = look();
        assertEquals(
                2,
                assertInstanceOf(GroupCommand.RestartHandOver.class, next.getFirst())
                        .lagBytes()
                        .size());
        recorded(next);
        assertEquals(List.of(), look());
    }

    private static GroupState scheduled(GroupState group, long atMs, String target) {
        return Groups.after(
                group,
                new GroupEvent.SwitchoverScheduled(
                        1, RuleId.ORDER_ACCEPTED, Groups.ORDER, "eve", target, atMs, atMs + 300_000, false));
    }

    private List<GroupCommand.StandbyLag> begun() {
        List<GroupCommand> commands = look();
        assertEquals(1, commands.size(), commands.toString());
        return assertInstanceOf(GroupCommand.BeginScheduled.class, commands.getFirst())
                .lagBytes();
    }

    @Test
    @DisplayName("a scheduled switchover is begun at its time with who streams, and not before; no more is asked then")
    void scheduleBegins() {
        allWell();
        group = scheduled(group, Groups.NOW_MS + 1, "b");
        assertEquals(List.of(), look());
        group = scheduled(group, Groups.NOW_MS, "b");
        List<GroupCommand> commands = look();
        recorded(commands);
        assertEquals("b", group.operation() == null ? null : group.operation().target());
        assertEquals(List.of(), look());
    }

    @Test
    @DisplayName(
            "one that is held is said once, by every rank in turn until it is recorded, and begun as soon as it may be")
    void scheduleHeld() {
        rank = 1;
        allWell();
        group = scheduled(group, Groups.NOW_MS, "b");
        peers.remove("b");
        assertEquals(List.of(), look());
        assertEquals(List.of(), look());
        List<GroupCommand> told = look();
        recorded(told);
        assertEquals(
                "R915 ORDER_LAGGING: b does not stream from the primary",
                group.upkeep().scheduled() == null
                        ? null
                        : group.upkeep().scheduled().held());
        assertEquals(List.of(), look());
        allWell();
        rank = 0;
        assertEquals(2, begun().size());
    }

    @Test
    @DisplayName("while a failover runs it is held, too, and expires")
    void scheduleWhileFailingOver() {
        allWell();
        group = Groups.started(scheduled(group, Groups.NOW_MS, "b"));
        recorded(look());
        assertEquals(List.of(), look());
        group = scheduled(group, Groups.NOW_MS - 300_000, "b");
        recorded(look());
        assertEquals(null, group.upkeep().scheduled());
    }

    @Test
    @DisplayName("a restart by order that does not go on is ended")
    void restartEnds() {
        allWell();
        group = toBeRestarted(group, Groups.NOW_MS - Restart.PATIENCE_MS - 1, "b");
        List<GroupCommand> next = look();
        assertInstanceOf(GroupCommand.EndRestart.class, next.getFirst());
        recorded(next);
        assertEquals(List.of(), look());
    }
}
