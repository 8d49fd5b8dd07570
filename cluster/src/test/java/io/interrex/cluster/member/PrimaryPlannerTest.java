package io.interrex.cluster.member;

import static io.interrex.cluster.group.Facts.names;
import static io.interrex.cluster.member.MemberPlannerTest.assertPlan;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.group.RuleId;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given a, the primary of epoch 1, whose commits wait for one of b and c; the last barrier in the log is at 10. */
@DisplayName("The recorded primary")
class PrimaryPlannerTest {

    private static final String A = "me=a max=1 role=PRIMARY@1 ";
    private static final String OPEN = A + "PRIMARY@5000 opened=5000 lease=1 lsn=100 ";
    private static final String WELL = OPEN + "admitted slots=b,c,d streaming-since=0:b streaming-since=0:c ";
    private static final String RESTARTED = A + "PRIMARY@5000 lease=1 lsn=100 ";

    @Test
    @DisplayName("lets clients in to read only while the log says so, and to write again")
    void onlyReads() {
        GroupState limited = Groups.after(
                Groups.steady(),
                new GroupEvent.WritesLimited(1, RuleId.READ_ONLY, "a", true, List.of(), "data has 7 MiB"));
        String reading = WELL.replace("admitted", "admitted-to-read");
        assertEquals("to read", admits(limited, WELL));
        assertEquals("nobody anew", admits(limited, reading));
        assertEquals("to write", admits(Groups.steady(), reading));
        assertEquals("nobody anew", admits(Groups.steady(), WELL));
    }

    private static String admits(GroupState group, String situation) {
        Step step = MemberPlanner.plan(Situation.view(group, situation + "probe=10"))
                .step();
        return step instanceof Step.Admit admit ? admit.readOnly() ? "to read" : "to write" : "nobody anew";
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        me=a max=1 role=STANDBY@1 STANDBY lease=1    | save role=PRIMARY@1
        me=a max=1 role=FENCED@1 STOPPED             | save role=PRIMARY@1
        me=a max=1 role=PRIMARY@0 STOPPED            | save role=PRIMARY@1
        me=a max=1 role=PRIMARY@1 STANDBY lease=1    | StopClean; lease 1 armed
        me=a max=1 role=PRIMARY@1 STANDBY            | wait; lease 1 armed
        me=a max=1 role=PRIMARY@1 STOPPED            | wait; lease 1 armed
        me=a max=1 role=PRIMARY@1 STOPPED lease=1    | StartPrimary ANY 1 (b, c); lease 1 armed
        me=a max=1 role=PRIMARY@1 STOPPED lease=1:0  | wait; lease 1 armed
        me=a max=1 role=PRIMARY@1 STOPPED lease=2    | wait; lease 1 armed
        me=a max=1 role=PRIMARY@1 STOPPED lease=1 unarmed | wait; lease 1 armed
        me=a max=1 role=PRIMARY@1 STARTING lease=1   | wait; lease 1 armed
        me=a max=1 role=PRIMARY@1 PRIMARY@6000 opened=5000 lease=1 | wait; lease 1 armed
        me=a max=1 role=PRIMARY@1 ABSENT lease=1     | save released=1 role=FENCED@1
        me=a max=1 role=PRIMARY@1 INCOMPLETE lease=1 | save released=1 role=FENCED@1
        me=a max=1 role=PRIMARY@1 HUNG lease=1 unwell-since=800 | wait; lease 1 armed
        me=a max=1 role=PRIMARY@1 HUNG lease=1 unwell-since=801 | Kill hung; lease 1 armed
        """)
    @DisplayName("runs its server out of recovery only with the lease and an armed guard")
    void server(String situation, String plan) {
        assertPlan(plan, Groups.steady(), situation);
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        ''                                        | wait; lease 1 armed
        barrier=100                               | CheckFlushed 100 [b, c]; lease 1 armed
        barrier=100 flushed=100:d                 | CheckFlushed 100 [b, c]; lease 1 armed
        barrier=100 flushed=99:b                  | CheckFlushed 100 [b, c]; lease 1 armed
        barrier=100 flushed=100:b                 | ReportRestarted; lease 1 armed
        barrier=100 flushed=120:c                 | ReportRestarted; lease 1 armed
        barrier=10                                | save opened=5000
        barrier=11                                | CheckFlushed 11 [b, c]; lease 1 armed
        marked=1:10                               | save opened=5000
        marked=1:11                               | wait; lease 1 armed
        marked=0:10                               | wait; lease 1 armed
        """)
    @DisplayName("of a new run opens only when a barrier of that run is in the log, and reports it when k hold it")
    void barrier(String situation, String plan) {
        assertPlan(plan, Groups.steady(), RESTARTED + situation);
    }

    @ParameterizedTest(name = "intent {0}, {1} => {2}")
    @CsvSource(delimiter = '|', textBlock = """
        1 c   | flushed=100:b               | ApplySyncSet ANY 1 (c); lease 1 armed
        1 c   | flushed=100:b applied=1+c:0 | CheckFlushed 0 [c]; lease 1 armed
        1 c   | flushed=100:c               | ReportRestarted; lease 1 armed
        2 b c | flushed=100:b               | ApplySyncSet ANY 2 (b, c); lease 1 armed
        2 b c | flushed=100:b,c             | ReportRestarted; lease 1 armed
        """)
    @DisplayName("whose rule is being changed opens behind both")
    void bothBind(String intent, String situation, String plan) {
        GroupState changing = Groups.intending(Groups.steady(), intent);
        assertPlan(plan, changing, RESTARTED + "barrier=100 " + situation);
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        ''                                        | wait; lease 1 armed gate
        probe=800                                 | wait; lease 1 armed gate
        probe=801                                 | Kill hung; lease 1 armed
        sender=d:streaming:100                    | ReviseSyncSet; lease 1 armed gate
        sender=d:catchup:100                      | wait; lease 1 armed gate
        """)
    @DisplayName(
            "that is open keeps its gate, and kills a server that commits nothing for longer than the probe may take")
    void open(String situation, String plan) {
        assertPlan(plan, Groups.steady(), WELL + situation);
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        started              | Admit; lease 1 armed
        ''                   | EnsureSlots [b, c, d]; lease 1 armed gate
        probe=0              | Admit; lease 1 armed gate
        sent-away            | EnsureSlots [b, c, d]; lease 1 armed gate
        admitted sent-away   | EnsureSlots [b, c, d]; lease 1 armed gate
        sent-away probe=0    | Admit; lease 1 armed gate
        admitted             | EnsureSlots [b, c, d]; lease 1 armed gate
        admitted slots=b,c   | EnsureSlots [b, c, d]; lease 1 armed gate
        admitted slots=b,c,d | wait; lease 1 armed gate
        """)
    @DisplayName(
            "that has just opened admits clients first, and its gate opens then, but those that were sent away, or whom a new process finds, when its gate is open again; it makes slots then")
    void upkeep(String situation, String plan) {
        assertPlan(plan, Groups.steady(), OPEN + situation);
    }

    @ParameterizedTest(name = "intent {0}, {1} => {2}")
    @CsvSource(delimiter = '|', textBlock = """
        1 b   | ''                              | ApplySyncSet ANY 1 (b); lease 1 armed gate
        1 b   | applied=1+c:60                  | ApplySyncSet ANY 1 (b); lease 1 armed gate
        1 b   | applied=1+b:60                  | CheckFlushed 60 [b]; lease 1 armed gate
        1 b   | applied=1+b:60 flushed=60:c     | CheckFlushed 60 [b]; lease 1 armed gate
        1 b   | applied=1+b:60 flushed=59:b     | CheckFlushed 60 [b]; lease 1 armed gate
        1 b   | applied=1+b:60 flushed=60:b     | ReportSyncSetApplied; lease 1 armed gate
        2 b c | applied=2+b,c:60 flushed=60:b   | CheckFlushed 60 [b, c]; lease 1 armed gate
        2 b c | applied=2+b,c:60 flushed=60:b,c | ReportSyncSetApplied; lease 1 armed gate
        none  | applied=none:60                 | ReportSyncSetApplied; lease 1 armed gate
        """)
    @DisplayName("makes a change of the rule that is in the log, and reports it when its marker is on k of the new one")
    void change(String intent, String situation, String plan) {
        assertPlan(plan, Groups.intending(Groups.steady(), intent), WELL + situation);
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        STOPPED lease=1 | StartPrimary ANY 1 (b); lease 1 armed
        """)
    @DisplayName("that crashed while its rule was being changed starts with the new one")
    void restartDuringChange(String situation, String plan) {
        assertPlan(plan, Groups.intending(Groups.steady(), "1 b"), A + situation);
    }

    private static GroupState toBeRestarted(String member, boolean switchover, String rule) {
        var run = new GroupCommand.Run(member, 5000, false, false);
        return Groups.after(
                Groups.steady(Groups.SETTINGS, Groups.members(), rule),
                new GroupEvent.RestartOrdered(
                        1, RuleId.ORDER_ACCEPTED, Groups.ORDER, "eve", List.of(run), names(""), false, switchover, 0));
    }

    @ParameterizedTest(name = "{0} is next, hands over: {1}, {2} => {3}")
    @CsvSource(delimiter = '|', textBlock = """
        a | false | probe=10              | Checkpoint; lease 1 armed gate
        a | false | probe=10 checkpointed | StopClean; lease 1 armed
        a | false | probe=10 checkpointed sent-away busy | StopClean; lease 1 armed
        a | true  | probe=10 checkpointed | wait; lease 1 armed gate
        b | false | probe=10 checkpointed | ReviseSyncSet; lease 1 armed gate
        """)
    @DisplayName(
            "that is restarted in place makes a checkpoint and stops, and keeps its lease; it waits for a hand-over")
    void restarted(String member, boolean switchover, String situation, String plan) {
        assertPlan(plan, toBeRestarted(member, switchover, "1 b c"), WELL + situation);
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        PRIMARY@6000 opened=6000 slots=b,c,d started | Admit; lease 1 armed
        PRIMARY@6000 opened=6000 slots=b,c,d admitted probe=10 | ReportServerRestarted; lease 1 armed gate
        PRIMARY@6000 opened=5000 admitted probe=10 | wait; lease 1 armed
        PRIMARY@4000 opened=4000 slots=b,c,d started stopped-since=5:100 | EnsureSlots [b, c, d]; lease 1 armed
        STOPPED | StartPrimary ANY 1 (b, c); lease 1 armed
        """)
    @DisplayName("that was restarted by order says so when clients are let in again, behind its barrier")
    void isBack(String situation, String plan) {
        assertPlan(plan, toBeRestarted("a", false, "1 b c"), A + "lease=1 lsn=100 " + situation);
    }
}
