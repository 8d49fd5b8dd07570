package io.interrex.cluster.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupDecider;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.group.Troubles;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The words of a situation and of a plan are {@link Situation}'s. */
@DisplayName("A member")
class MemberPlannerTest {

    static void assertPlan(String expected, @Nullable GroupState group, String situation) {
        MemberView view = Situation.view(group, situation);
        Plan plan = MemberPlanner.plan(view);
        assertEquals(expected, Situation.words(view, plan), plan.doing());
        assertFalse(plan.doing().isBlank());
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        max=0 revoke=2                                          | save max=2
        max=1 revoke=2 role=PRIMARY@1 PRIMARY@5000 lease=1      | save max=2
        max=2 revoke=2 role=STANDBY@1 STANDBY<<a                | wait
        max=2 role=STANDBY@1 STOPPED                            | wait
        max=1 role=NONE@0 STARTING                              | wait
        max=1 role=NONE@0 PRIMARY@5000                          | save role=FENCED@0
        max=1 role=PRIMARY@1 PRIMARY@5000 lease=1               | wait; lease 1 armed
        max=1 role=PRIMARY@1 PRIMARY@5000 lease=1 opened=5000   | wait; lease 1 armed gate
        max=1 role=PRIMARY@1 PRIMARY@6000 lease=1 opened=5000   | wait; lease 1 armed
        max=1 role=PRIMARY@1 STOPPED                            | wait; lease 1
        max=1 role=PRIMARY@1 PRIMARY@5000 lease-lost            | Kill
        max=1 role=PRIMARY@1 STARTING lease-lost                | Kill
        max=1 role=PRIMARY@1 STOPPED lease-lost                 | wait; lease 1
        max=1 role=PRIMARY@1 HUNG lease=1 unkillable            | wait
        max=1 role=PRIMARY@1 STOPPED lease=1 unkillable         | wait
        max=1 role=PRIMARY@1 HUNG lease-lost unkillable         | wait
        max=2 role=PRIMARY@1 PRIMARY@5000                       | save role=FENCED@1
        max=2 role=FENCED@1 PRIMARY@5000                        | Kill
        max=2 role=FENCED@1 STARTING                            | Kill
        max=2 role=FENCED@1 HUNG                                | Kill
        max=2 role=FENCED@1 STOPPED                             | wait
        max=1 role=PRIMARY@1 released=1 PRIMARY@5000            | save role=FENCED@1
        """)
    @DisplayName("without the log stays what it was, promises what it is asked, and kills what is not its own")
    void withoutLog(String situation, String plan) {
        assertPlan(plan, null, situation);
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        me=a max=0                                              | save max=1
        me=b max=0                                              | save max=1
        me=a max=1 revoke=2 role=PRIMARY@1 PRIMARY@5000 lease=1 | save max=2
        me=b max=1 role=STANDBY@1 PRIMARY@5000                  | save role=FENCED@1
        me=b max=1 role=FENCED@1 PRIMARY@5000                   | Kill
        me=b max=1 role=FENCED@1 STARTING                       | Kill
        me=b max=1 role=FENCED@1 HUNG                           | Kill
        me=a max=2 role=PRIMARY@1 PRIMARY@5000 lease=1          | save role=FENCED@1
        me=a max=2 role=FENCED@1 PRIMARY@5000                   | Kill
        me=a max=2 role=FENCED@1 STOPPED                        | wait
        me=a max=1 role=PRIMARY@1 PRIMARY@5000 lease-lost       | Kill; lease 1 armed
        me=a max=1 role=PRIMARY@1 HUNG lease-lost               | Kill; lease 1 armed
        me=a max=1 role=PRIMARY@1 released=1 PRIMARY@5000       | save role=FENCED@1
        me=a max=1 role=FENCED@1 released=1 PRIMARY@5000        | Kill
        me=a max=1 role=FENCED@1 released=1 STANDBY             | Kill
        me=a max=1 role=FENCED@1 released=1 STOPPED             | Release 1
        me=a max=1 role=FENCED@1 released=1 ABSENT              | Release 1
        me=a max=1 role=FENCED@1 released=1 STOPPED unsure      | Kill
        me=a max=1 role=FENCED@1 released=1 ABSENT unsure       | Kill
        me=a max=1 role=FENCED@1 released=1 STOPPED busy        | wait
        """)
    @DisplayName("of the group whose primary is a in epoch 1 serves only if that epoch is its own, and gives back dead")
    void steady(String situation, String plan) {
        assertPlan(plan, Groups.steady(), situation);
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        me=z max=0                                              | save max=1
        me=z max=1 role=NONE@0 ABSENT                           | wait
        me=z max=1 role=STANDBY@1 STANDBY<<a                    | Kill
        me=z max=1 role=STANDBY@1 STARTING                      | Kill
        me=z max=1 role=STANDBY@1 HUNG                          | Kill
        me=z max=1 role=STANDBY@1 STOPPED                       | wait
        me=z max=1 role=PRIMARY@1 PRIMARY@5000                  | save role=FENCED@1
        me=z max=1 role=FENCED@1 PRIMARY@5000                   | Kill
        """)
    @DisplayName("that the group's log does not name, or no more, ends its server and starts none")
    void noMember(String situation, String plan) {
        assertPlan(plan, Groups.steady(), situation);
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        me=a max=1 role=PRIMARY@1 HUNG lease=1 unwell-since=900 unkillable   | wait
        me=a max=1 role=PRIMARY@1 HUNG lease=1 unwell-since=900              | Kill hung; lease 1 armed
        me=a max=1 role=PRIMARY@1 HUNG lease-lost unkillable                 | wait
        me=a max=1 role=PRIMARY@1 STOPPED lease=1 unsure unkillable          | wait
        me=a max=1 role=PRIMARY@1 PRIMARY@5000 lease=1 unkillable            | wait
        me=a max=1 role=FENCED@1 released=1 HUNG unsure unkillable           | Kill
        me=a max=2 role=FENCED@1 HUNG unsure unkillable                      | Kill
        """)
    @DisplayName(
            "whose processes outlive SIGKILL lets its lease run out, and neither starts, serves nor gives anything back")
    void unkillable(String situation, String plan) {
        assertPlan(plan, Groups.steady(), situation);
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        me=b max=1 role=STANDBY@1 STANDBY<<a admitted            | ReportGreyFailure; read
        me=b max=1 role=STANDBY@1 STANDBY<<a admitted unkillable | wait; read
        me=b max=1 role=STANDBY@1 HUNG                           | wait
        """)
    @DisplayName("that is up again says that its processes are dead, where its agent was away when they died")
    void wasUnkillable(String situation, String plan) {
        GroupState told = Groups.after(
                Groups.steady(),
                new GroupEvent.GreyFailureChanged(
                        1, RuleId.UNKILLABLE, "b", Troubles.GreyFailure.UNKILLABLE, true, "b", "process 7"));
        assertPlan(plan, told, situation);
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        me=b max=1 role=STANDBY@1 STOPPED system=8                 | ReportStuck
        me=b max=1 role=NONE@0 STOPPED system=8                    | ReportStuck
        me=b max=1 role=STANDBY@1 STANDBY system=8                 | Kill
        me=b max=1 role=STANDBY@1 STANDBY<<a system=8              | Kill
        me=b max=1 role=STANDBY@1 PRIMARY@5000 system=8            | save role=FENCED@1
        me=b max=1 role=FENCED@1 PRIMARY@5000 system=8             | Kill
        me=a max=1 role=PRIMARY@1 STOPPED lease=1 system=8         | save released=1 role=FENCED@1
        me=a max=1 role=FENCED@1 released=1 STOPPED system=8       | Release 1
        me=a max=1 role=FENCED@1 released=1 PRIMARY@5000 system=8  | Kill
        """)
    @DisplayName("with another database in its place never starts, joins or overwrites it, and tells a person")
    void foreign(String situation, String plan) {
        assertPlan(plan, Groups.steady(), situation);
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource({
        "me=b max=1 role=STANDBY@1 STOPPED system=8, wait",
        "me=b max=1 role=STANDBY@1 STOPPED,          StartStandby of nobody",
        "me=b max=1 role=STANDBY@1 ABSENT,           StartRebuild CLONE"
    })
    @DisplayName("tells once of another database in its place, and goes on when that is gone")
    void foreignTold(String situation, String plan) {
        MemberView told = Situation.view(Groups.steady(), "me=b max=1 role=STANDBY@1 STOPPED system=8");
        if (!(MemberPlanner.plan(told).step() instanceof Step.Submit(GroupCommand.ReportStuck stuck))) {
            throw new AssertionError("not told");
        }
        GroupState state = Groups.after(
                Groups.steady(),
                GroupDecider.decide(Groups.steady(), stuck).events().getFirst());
        assertPlan(plan, state, situation);
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        me=a max=1 role=PRIMARY@1 PRIMARY@5000 lease=1 opened=5000 | save max=2
        me=a max=2 role=PRIMARY@1 PRIMARY@5000 lease=1 opened=5000 | save role=FENCED@1 opened=0
        me=a max=2 role=FENCED@1 PRIMARY@5000                      | Kill
        me=a max=2 role=FENCED@1 STOPPED                           | wait
        me=a max=2 role=FENCED@1 ABSENT                            | wait
        me=a max=2 role=FENCED@1 STOPPED unsure                    | Kill
        me=a max=2 role=FENCED@1 ABSENT unsure                     | Kill
        me=b max=2 role=STANDBY@1 STANDBY<<a                       | Detach 2
        me=b max=2 role=STANDBY@1 STANDBY detached=2:90            | wait
        """)
    @DisplayName("while epoch 2 is given to nobody yet is dead if it served, and takes no WAL if it followed")
    void started(String situation, String plan) {
        assertPlan(plan, Groups.started(Groups.steady()), situation);
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        max=2 role=STANDBY@1 STANDBY detached=2:90              | Revoked at 90 for epoch 2
        max=3 role=STANDBY@1 STANDBY detached=2:90              | nothing yet
        max=2 role=STANDBY@1 STANDBY<<a                         | nothing yet
        max=2 role=STANDBY@1 STARTING                           | nothing yet
        max=2 role=STANDBY@1 STOPPED                            | nothing yet
        max=2 role=NONE@0 ABSENT                                | NoAnswer
        max=2 role=NONE@0 INCOMPLETE                            | NoAnswer
        max=2 role=PRIMARY@1 PRIMARY@5000                       | nothing yet
        max=2 role=FENCED@1 STARTING                            | nothing yet
        max=2 role=FENCED@1 HUNG                                | nothing yet
        max=2 role=FENCED@1 STOPPED lsn=95                      | Dead at 95 for epoch 2
        max=2 role=PRIMARY@1 STOPPED lsn=95                     | Dead at 95 for epoch 2
        max=2 role=FENCED@1 STOPPED lsn=95 cleanly stopped-since=10:99  | stopped at 99 for epoch 2
        max=2 role=FENCED@1 STOPPED lsn=95 stopped-since=10:99 unsure | nothing yet
        max=2 role=FENCED@1 STOPPED lsn=95 unsure               | nothing yet
        max=2 role=FENCED@1 HUNG unsure unkillable              | nothing yet
        max=2 role=FENCED@1 ABSENT unsure                       | nothing yet
        max=2 role=FENCED@1 ABSENT                              | Dead at 0 for epoch 2
        max=2 role=FENCED@1 STOPPED lsn=95 busy                 | nothing yet
        """)
    @DisplayName(
            "asked to revoke says only what is frozen: Dead with no process and no step under way (simulator's find)")
    void revokeAnswer(String situation, String said) {
        Evidence answer = MemberPlanner.revokeAnswer(Situation.view(Groups.steady(), situation), 40);
        String words = switch (answer) {
            case null -> "nothing yet";
            case Evidence.Revoked r ->
                "Revoked at %d for epoch %d".formatted(r.flushLsn().value(), r.epoch());
            case Evidence.Dead d ->
                "%s at %d for epoch %d"
                        .formatted(d.cleanStop() ? "stopped" : "Dead", d.lsn().value(), d.epoch());
            case Evidence.NoAnswer n -> "NoAnswer";
            case Evidence.VoterView v -> "not for a member";
            case Evidence.PeerView v -> "not for a member";
        };
        assertEquals(said, words);
    }
}
