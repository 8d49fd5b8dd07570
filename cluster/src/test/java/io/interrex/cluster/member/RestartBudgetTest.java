package io.interrex.cluster.member;

import static io.interrex.cluster.member.Situation.NOW_MS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.GroupCommand.ReportGreyFailure;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.group.Troubles.GreyFailure;
import io.interrex.cluster.port.Database.Upstream;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.port.Nothing;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given b is a standby of a in epoch 1, restarts-max is 3 and restart-window 10 minutes; profile fast. */
@DisplayName("A server that dies again and again")
final class RestartBudgetTest {

    private static final GroupState STEADY = Groups.steady();
    private static final long WINDOW_MS = STEADY.settings().restartWindow().toMillis();
    private static final long MINUTE_MS = 60_000;

    private static DatabaseStatus server(Process process) {
        boolean follows = process == Process.STANDBY;
        return new DatabaseStatus(
                process,
                0,
                "7",
                1,
                new Lsn(90),
                new Lsn(90),
                follows,
                follows ? "a" : null,
                1,
                null,
                "",
                List.of(),
                false,
                1L << 40,
                150_000,
                null,
                null);
    }

    private static Plan plan(GroupState group, Process process, Progress progress, long nowMs) {
        return MemberPlanner.plan(new MemberView(
                "b",
                group,
                new MemberHard(group.epoch(), 0, 1, MemberHard.Role.STANDBY, 1, 0),
                server(process),
                true,
                progress,
                0,
                0,
                false,
                -1,
                0,
                Map.of("a", new Lsn(90)),
                Set.of("a"),
                new TreeMap<>(),
                List.of(),
                STEADY.settings().timings(),
                Groups.STAMP,
                nowMs));
    }

    private static Progress died(Progress progress, int times) {
        Progress after = progress;
        for (int i = 0; i < times; i++) {
            after = after.died(NOW_MS, false, "signal 6");
        }
        return after;
    }

    /** Looked at every minute, and well. */
    private static Progress ran(Progress progress, long fromMs, long ms) {
        Progress after = progress.observed(server(Process.STANDBY), fromMs);
        for (long at = fromMs + MINUTE_MS; at <= fromMs + ms; at += MINUTE_MS) {
            after = after.observed(server(Process.STANDBY), at);
        }
        return after;
    }

    @ParameterizedTest(name = "{0} deaths of a standby => starts again after {1} ms")
    @CsvSource({"0, 0", "3, 0", "4, 1000", "5, 2000", "9, 32000", "10, 32000", "60, 32000"})
    void standby(int deaths, long afterMs) {
        GroupState told = deaths > 3 ? told() : STEADY;
        Progress progress = died(Progress.NONE, deaths);
        assertInstanceOf(
                Step.StartStandby.class,
                plan(told, Process.STOPPED, progress, NOW_MS + afterMs).step());
        if (afterMs > 0) {
            Plan before = plan(told, Process.STOPPED, progress, NOW_MS + afterMs - 1);
            assertNull(before.step(), before.toString());
            assertTrue(before.doing().contains("left down, starts again in 1 ms"), before.doing());
        }
    }

    @Test
    @DisplayName("is started within half a minute where a failover, or a group without a copy, waits for it")
    void awaited() {
        Progress progress = died(Progress.NONE, 60);
        GroupState alone = Groups.after(
                told(),
                new GroupEvent.DurabilityChanged(
                        1, RuleId.DURABILITY_DEGRADED, GroupEvent.Durability.DEGRADED, "they are gone"));
        GroupState running = Groups.after(
                told(),
                new GroupEvent.FailoverStarted(
                        2,
                        RuleId.FAILOVER_BY_MAJORITY,
                        "a",
                        io.interrex.cluster.group.Reason.LEASE_SILENT,
                        List.of(),
                        "c",
                        0,
                        null,
                        null));
        for (GroupState group : List.of(alone, running)) {
            assertNull(plan(group, Process.STOPPED, progress, NOW_MS + 29_999).step());
            assertInstanceOf(
                    Step.StartStandby.class,
                    plan(group, Process.STOPPED, progress, NOW_MS + 30_000).step());
        }
    }

    @Test
    @DisplayName("is told with what it died of and what a person can do, and again when it has run well")
    void edges() {
        Progress spent = ran(died(ran(Progress.NONE, 0, 2 * MINUTE_MS), 4), NOW_MS, MINUTE_MS);
        var step = assertInstanceOf(
                Step.Submit.class, plan(STEADY, Process.STOPPED, spent, NOW_MS).step());
        var report = assertInstanceOf(ReportGreyFailure.class, step.command());
        assertTrue(report.present());
        assertTrue(report.why()
                .startsWith("died 4 times within 60 s of running (restarts-max 3 in 600 s), last: signal 6"));
        assertTrue(report.why().contains("interrex reinit --member b"), report.why());

        assertNotTold(plan(told(), Process.STOPPED, spent, NOW_MS));
        Progress well = ran(spent, NOW_MS, WINDOW_MS + MINUTE_MS);
        Plan over = plan(told(), Process.STOPPED, well, NOW_MS + 2 * WINDOW_MS);
        assertInstanceOf(Step.StartStandby.class, over.step());
        Plan following = plan(
                told(), Process.STANDBY, well.admitted(well.admission().closings(), false), NOW_MS + 2 * WINDOW_MS);
        var cleared = assertInstanceOf(Step.Submit.class, following.step());
        assertFalse(assertInstanceOf(ReportGreyFailure.class, cleared.command()).present());
    }

    private static void assertNotTold(Plan plan) {
        assertFalse(plan.step() instanceof Step.Submit, plan.toString());
    }

    @Test
    @DisplayName("gets its restarts back while it runs, not while it is down, however long that is")
    void refills() {
        Progress spent = died(Progress.NONE, 4);
        Progress down = spent;
        for (long at = NOW_MS; at < NOW_MS + 3 * WINDOW_MS; at += MINUTE_MS) {
            down = down.observed(server(Process.STOPPED), at);
        }
        assertEquals(4, down.crashes().within(WINDOW_MS));
        Progress almost = ran(spent, NOW_MS, WINDOW_MS - MINUTE_MS);
        assertEquals(4, almost.crashes().within(WINDOW_MS));
        assertEquals(0, ran(spent, NOW_MS, WINDOW_MS).crashes().within(WINDOW_MS));
    }

    @Test
    @DisplayName("is not forgotten by a restart of its node, nor by a copy that nobody ordered")
    void remembered() {
        CrashHistory written = died(Progress.NONE, 4).crashes().history();
        Progress after = Progress.NONE.remembering(written);
        assertInstanceOf(
                Step.StartStandby.class,
                plan(told(), Process.STOPPED, after, NOW_MS).step(),
                "nobody knows when that was");
        assertNull(plan(told(), Process.STOPPED, died(after, 1), NOW_MS + 1_999).step(), "the fifth");
        var upstream = new Upstream("a", "a", 5432);
        var copy = new Step.Clone(upstream);
        assertEquals(
                4, Folding.done(after, copy, Nothing.NOTHING, NOW_MS).crashes().within(WINDOW_MS));
        var ordered = new Step.Clone(upstream, upstream, Groups.ORDER);
        assertEquals(
                0,
                Folding.done(after, ordered, Nothing.NOTHING, NOW_MS).crashes().within(WINDOW_MS));
        assertEquals(
                4,
                Folding.done(after, new Step.StartPrimary(SyncSet.NONE), Nothing.NOTHING, NOW_MS)
                        .crashes()
                        .within(WINDOW_MS));
    }

    @Test
    @DisplayName("is written with each death, and with each minute that it ran since; one that never died is not")
    void written() {
        CrashHistory one = CrashHistory.NONE.died(false, "exit code 1");
        assertTrue(one.isNews(CrashHistory.NONE, MINUTE_MS));
        assertFalse(one.isNews(one, MINUTE_MS));
        assertFalse(one.ran(MINUTE_MS - 1).isNews(one, MINUTE_MS));
        assertTrue(one.ran(MINUTE_MS).isNews(one, MINUTE_MS));
        assertFalse(CrashHistory.NONE.ran(10 * MINUTE_MS).isNews(CrashHistory.NONE, MINUTE_MS));
    }

    private static GroupState told() {
        return Groups.after(
                STEADY,
                new GroupEvent.GreyFailureChanged(
                        1, RuleId.RESTARTS_SPENT, "b", GreyFailure.RESTARTS_SPENT, true, "b", "died 4 times"));
    }
}
