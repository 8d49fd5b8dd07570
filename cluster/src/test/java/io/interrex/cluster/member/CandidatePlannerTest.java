package io.interrex.cluster.member;

import static io.interrex.cluster.member.MemberPlannerTest.assertPlan;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupCommand.ReportEstablished;
import io.interrex.cluster.group.Groups;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A candidate")
class CandidatePlannerTest {

    private static final String B = "me=b max=2 role=PRIMARY@2 ";
    private static final String PROMOTED = B + "PRIMARY@5000 lease=2 lsn=100 promoted=2:90 ";

    /** Epoch 2 was given to b from position 90 on, and one of {c} has to hold its commits. */
    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        me=b max=1 role=STANDBY@1 STANDBY lsn=90             | save max=2
        me=b max=2 role=STANDBY@1 STANDBY lsn=90 lease=2     | save role=PRIMARY@2
        me=b max=2 role=PRIMARY@2 STANDBY lsn=90             | wait; lease 2 armed
        me=b max=2 role=PRIMARY@2 STANDBY lsn=90 lease=2     | Promote 2 ANY 1 (c); lease 2 armed
        me=b max=2 role=PRIMARY@2 STANDBY lsn=91 lease=2     | Promote 2 ANY 1 (c); lease 2 armed
        me=b max=2 role=PRIMARY@2 STANDBY lsn=90 lease=2:400 | Promote 2 ANY 1 (c); lease 2 armed
        me=b max=2 role=PRIMARY@2 STANDBY lsn=90 lease=2:399 | wait; lease 2 armed
        me=b max=2 role=PRIMARY@2 STANDBY lsn=90 lease=1     | wait; lease 2 armed
        me=b max=2 role=PRIMARY@2 STANDBY lsn=90 lease=2 unarmed | wait; lease 2 armed
        me=b max=2 role=PRIMARY@2 STANDBY lsn=89 lease=2     | save released=2 role=FENCED@2
        me=b max=2 role=PRIMARY@2 STANDBY lsn=95 lease=2 marker=2 | save released=2 role=FENCED@2
        me=b max=2 role=PRIMARY@2 STOPPED lsn=90 lease=2     | StartStandby of nobody; lease 2 armed
        me=b max=2 role=PRIMARY@2 STARTING lease=2           | wait; lease 2
        me=b max=2 role=PRIMARY@2 HUNG lease=2               | wait; lease 2 armed
        me=b max=2 role=PRIMARY@2 ABSENT lease=2             | save released=2 role=FENCED@2
        me=b max=2 role=PRIMARY@2 INCOMPLETE lease=2         | save released=2 role=FENCED@2
        me=b max=2 role=PRIMARY@2 PRIMARY@5000 lease-lost    | Kill; lease 2 armed
        me=b max=2 role=PRIMARY@2 STANDBY lsn=90 lease=2 lease-lost | Promote 2 ANY 1 (c); lease 2 armed
        me=b max=3 role=PRIMARY@2 STANDBY lsn=90 lease=2     | Kill
        me=b max=3 role=PRIMARY@2 PRIMARY@5000 lease=2       | save role=FENCED@2
        """)
    @DisplayName("is promoted with the lease, enough of it left, an armed guard and all of what was promised")
    void promotion(String situation, String plan) {
        assertPlan(plan, Groups.authorized(), situation);
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        ''                                   | WriteMarker 2 2; lease 2 armed
        marked=1:95                          | WriteMarker 2 2; lease 2 armed
        marked=2:95                          | CheckFlushed 95 [c]; lease 2 armed
        marked=2:95 flushed=95:a,d           | CheckFlushed 95 [c]; lease 2 armed
        marked=2:95 flushed=94:c             | CheckFlushed 95 [c]; lease 2 armed
        marked=2:95 flushed=95:c             | ReportEstablished; lease 2 armed
        promoted=2:89                        | save released=2 role=FENCED@2
        promoted=2:89 marked=2:95 flushed=95:c | save released=2 role=FENCED@2
        """)
    @DisplayName("that was promoted writes its marker, and says that it is established when k of its standbys hold it")
    void marker(String situation, String plan) {
        assertPlan(plan, Groups.authorized(), PROMOTED + situation);
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        me=b max=2 role=PRIMARY@2 PRIMARY@5000 lease=2                | Promote 2 ANY 1 (c); lease 2 armed
        me=b max=2 role=PRIMARY@2 PRIMARY@5000 lease=2 promoted=1:90  | Promote 2 ANY 1 (c); lease 2 armed
        """)
    @DisplayName("whose agent was started again after the promotion asks for it once more, which is harmless")
    void restartedAgent(String situation, String plan) {
        assertPlan(plan, Groups.authorized(), situation);
    }

    /** The simulator's find: one promoted twice said that its reign began where the second promotion was. */
    @ParameterizedTest(name = "promoted at {0}, floor 90 => its reign begins at {1}")
    @CsvSource({"90, 90", "95, 90"})
    void reignBegins(long switchLsn, long begin) {
        MemberView view = Situation.view(
                Groups.authorized(),
                B + "PRIMARY@5000 lease=2 lsn=100 promoted=2:" + switchLsn + " marked=2:95 flushed=95:c");
        var submit =
                assertInstanceOf(Step.Submit.class, MemberPlanner.plan(view).step());
        var report = assertInstanceOf(ReportEstablished.class, submit.command());
        assertEquals(new Lsn(begin), report.reign().switchLsn());
        assertEquals(2, report.reign().timeline());
        assertEquals(new Lsn(95), report.barrierLsn());
        assertEquals("[c]", report.flushedBy().toString());
        assertEquals("7", report.systemId());
    }

    /** Epoch 1 was given to a, which is making the database. */
    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        me=a max=1 role=NONE@0 ABSENT                                  | save role=PRIMARY@1
        me=a max=1 role=PRIMARY@1 ABSENT                               | wait; lease 1 armed
        me=a max=1 role=PRIMARY@1 ABSENT lease=1                       | Initialise; lease 1 armed
        me=a max=1 role=PRIMARY@1 STOPPED                              | wait; lease 1 armed
        me=a max=1 role=PRIMARY@1 STOPPED lease=1                      | StartPrimary none; lease 1 armed
        me=a max=1 role=PRIMARY@1 STARTING lease=1                     | wait; lease 1 armed
        me=a max=1 role=PRIMARY@1 PRIMARY@5000 lease=1                 | WriteMarker 1 1; lease 1 armed
        me=a max=1 role=PRIMARY@1 PRIMARY@5000 lease=1 marked=1:10     | ReportEstablished; lease 1 armed
        me=a max=1 role=PRIMARY@1 INCOMPLETE lease=1                   | save released=1 role=FENCED@1
        me=a max=1 role=PRIMARY@1 STANDBY lease=1                      | StopClean; lease 1 armed
        me=b max=1 role=NONE@0 ABSENT                                  | wait
        me=b max=1 role=NONE@0 STOPPED                                 | wait
        """)
    @DisplayName("of epoch 1 makes the database, with the lease, and nobody else does")
    void first(String situation, String plan) {
        assertPlan(plan, Groups.created(Groups.SETTINGS, Groups.members()), situation);
    }
}
