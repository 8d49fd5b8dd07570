package io.interrex.cluster.member;

import static io.interrex.cluster.member.MemberPlannerTest.assertPlan;

import io.interrex.cluster.group.ForceDecisionsTest;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvent.RebuildMethod;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.group.RuleId;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** b was promoted by force at 90, for epoch 2; d answered, a and c did not. Commits wait for d. Profile fast. */
@DisplayName("After a forced promotion a member")
final class ForcedStandbyTest {

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        me=c max=2 role=STANDBY@2 STANDBY<a lsn=120            | Detach 2
        me=c max=2 role=STANDBY@2 STANDBY lsn=120 still        | StartRebuild CLONE
        me=c max=2 role=STANDBY@2 STANDBY lsn=90 still         | StartRebuild CLONE
        me=c max=2 role=STANDBY@2 STANDBY lsn=80 still         | StartRebuild CLONE
        me=c max=2 role=STANDBY@2 STANDBY<b lsn=80             | Detach 2
        me=c max=2 role=STANDBY@2 STANDBY<<b lsn=80            | Detach 2
        me=c max=2 role=STANDBY@2 STOPPED                      | StartStandby of nobody
        me=a max=2 role=FENCED@1 STOPPED lsn=120               | save role=STANDBY@2
        me=a max=2 role=STANDBY@2 STANDBY lsn=120 still        | StartRebuild CLONE
        me=a max=2 role=STANDBY@2 STANDBY lsn=90 still         | StartRebuild CLONE
        """)
    @DisplayName("that was not reached is cloned, wherever its data ends, and never streamed to")
    void notReached(String situation, String plan) {
        assertPlan(plan, ForceDecisionsTest.established(), situation);
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        me=d max=2 role=STANDBY@2 STANDBY lsn=80 still         | Follow b
        me=d max=2 role=STANDBY@2 STANDBY lsn=91 still         | StartRebuild REWIND
        me=c max=2 role=STANDBY@2 STANDBY lsn=100 still marker=2 | Follow b
        me=c max=2 role=STANDBY@2 STANDBY<<b marker=2 admitted | ReportJoined; read
        """)
    @DisplayName("that was reached, or has its marker since, is treated as ever")
    void asEver(String situation, String plan) {
        assertPlan(plan, ForceDecisionsTest.established(), situation);
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        me=c max=2 role=STANDBY@2 STANDBY lsn=120 still        | StopClean
        me=c max=2 role=STANDBY@2 STOPPED                      | Clone of b
        """)
    @DisplayName("that may be cloned is stopped first, and then copied")
    void cloned(String situation, String plan) {
        assertPlan(
                plan,
                Groups.after(
                        ForceDecisionsTest.established(),
                        new GroupEvent.RebuildStarted(
                                2, RuleId.FORCED_NOT_REACHED, "c", RebuildMethod.CLONE, "not reached"),
                        new GroupEvent.CloneSourceChosen(2, RuleId.CLONE_FROM_PRIMARY, "c", "b", "none is fit")),
                situation);
    }
}
