package io.interrex.cluster.member;

import static io.interrex.cluster.member.MemberPlannerTest.assertPlan;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.group.GroupCommand.ChooseCloneSource;
import io.interrex.cluster.group.GroupCommand.ReportRebuildHeld;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvent.RebuildMethod;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.group.RuleId;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given b, the primary of epoch 2, c, which streams from it, and a, which is to be cloned. */
@DisplayName("A member that is to be cloned")
class CopyPlannerTest {

    private static final String ME = "me=a max=2 role=STANDBY@2 ";

    /** The log says whom that member copies from. */
    static GroupState from(GroupState group, String member, String source) {
        return Groups.after(
                group,
                new GroupEvent.CloneSourceChosen(
                        group.epoch(), RuleId.CLONE_FROM_STANDBY, member, source, "it streams"));
    }

    private static GroupState cloning(String source) {
        GroupState asked = Groups.after(
                Groups.secondReign(Groups.SETTINGS),
                new GroupEvent.RebuildStarted(2, RuleId.REBUILD_STARTED, "a", RebuildMethod.CLONE, "no data"));
        return source.equals("nobody") ? asked : from(asked, "a", source);
    }

    @ParameterizedTest(name = "copies from {0}: {1} => {2}")
    @CsvSource(delimiter = '|', textBlock = """
        nobody | ABSENT source=c                | ChooseCloneSource
        nobody | ABSENT                         | ChooseCloneSource
        c      | ABSENT source=c                | Clone of c
        c      | ABSENT                         | Clone of c
        c      | INCOMPLETE copy-failed=c       | ChooseCloneSource
        c      | INCOMPLETE copy-unknown=c      | ChooseCloneSource
        b      | INCOMPLETE copy-failed=c       | ReportRebuildHeld
        b      | INCOMPLETE copy-failed=b       | ReportRebuildHeld
        b      | STANDBY lsn=80 still marker=1x | StopClean
        """)
    @DisplayName("has in the log whom it copies from before it does, and asks for another where that one failed")
    void asks(String source, String situation, String plan) {
        assertPlan(plan, cloning(source), ME + situation);
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        STOPPED copied=c                     | StartStandby of nobody
        STOPPED crashed-since=9 crashed-since=8 crashed-since=7 crashed-since=6 unsure | Clone of c
        STOPPED crashed-since=9 crashed-since=8 crashed-since=7 crashed-since=1000 copied=c | StartStandby of nobody
        STOPPED copied=c crashed-since=9 crashed-since=8 crashed-since=7 crashed-since=6 unsure | Clone of c
        STOPPED crashed-since=9000 crashed-since=8000 crashed-since=7000 copied=c crashed-since=6000 unsure | StartStandby of nobody
        STOPPED rebuilt=b unsure             | StartStandby of b
        STANDBY lsn=100 unsure               | Detach 2
        STANDBY lsn=80 still unsure          | Follow b
        STANDBY lsn=100 still marker=2x unsure | StopClean
        """)
    @DisplayName("and was copied from a standby looks at its lineage before it follows anybody")
    void comparesFirst(String situation, String plan) {
        assertPlan(plan, cloning("c"), ME + situation);
    }

    @Test
    @DisplayName("does not ask a standby again whose copy failed, and says why")
    void notAgain() {
        ChooseCloneSource command =
                submitted(ChooseCloneSource.class, cloning("c"), "INCOMPLETE source=c copy-failed=c");
        assertTrue(command.sources().isEmpty());
        assertEquals("the copy of c failed: its disk is full", command.why());
    }

    @Test
    @DisplayName("tells once what holds it, and is copied again")
    void told() {
        GroupState group = cloning("b");
        ReportRebuildHeld command = submitted(ReportRebuildHeld.class, group, "INCOMPLETE copy-failed=b");
        assertEquals("its disk is full", command.why());
        GroupState known = Groups.after(
                group,
                new GroupEvent.RebuildHeld(2, RuleId.REBUILD_HELD, "a", RebuildMethod.CLONE, "its disk is full"));
        assertPlan("Clone of b", known, ME + "INCOMPLETE copy-failed=b");
    }

    @Test
    @DisplayName("because its rewind was refused says for what, and so does one that waits")
    void rewindRefused() {
        GroupState rewinding = Groups.after(
                Groups.secondReign(Groups.SETTINGS),
                new GroupEvent.RebuildStarted(2, RuleId.REBUILD_STARTED, "a", RebuildMethod.REWIND, "it diverged"));
        Plan plan = MemberPlanner.plan(Situation.view(rewinding, ME + "STOPPED lsn=95 rewind-failed"));
        assertTrue(plan.doing().endsWith("rewinding failed: no hints"), plan.doing());
    }

    private static <T> T submitted(Class<T> command, GroupState group, String situation) {
        Plan plan = MemberPlanner.plan(Situation.view(group, ME + situation));
        var submit = assertInstanceOf(Step.Submit.class, plan.step());
        return assertInstanceOf(command, submit.command());
    }
}
