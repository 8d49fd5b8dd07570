package io.interrex.cluster.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.interrex.cluster.format.Format;
import io.interrex.cluster.group.GroupCommand.ReportGreyFailure;
import io.interrex.cluster.group.GroupCommand.ReviseSyncSet;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvent.RebuildMethod;
import io.interrex.cluster.group.GroupEvent.RebuildStarted;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.group.MaintenanceTest;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.group.Troubles.GreyFailure;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Given a, the primary of epoch 1, whose commits wait for one of b and c; d streams or not. Suspect is 800 ms, and who is
 * within 16 MiB has caught up.
 */
@DisplayName("A primary asks for another synchronous set")
class SyncSetWatchTest {

    private static final String A = "me=a max=1 role=PRIMARY@1 PRIMARY@5000 opened=5000 lease=1 lsn=16777316 ";
    private static final String BOTH = "streaming-since=0:b streaming-since=0:c ";

    private static String words(GroupState group, String situation) {
        Step step = SyncSetWatch.revise(Situation.view(group, A + situation), group);
        if (step == null) {
            return "nothing";
        }
        var submit = assertInstanceOf(Step.Submit.class, step);
        var revise = assertInstanceOf(ReviseSyncSet.class, submit.command());
        assertEquals(1, revise.epoch());
        return "+" + revise.caughtUp() + " -" + revise.silent();
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        streaming-since=0:b streaming-since=0:c                              | nothing
        streaming-since=800:b streaming-since=0:c                            | nothing
        streaming-since=801:b streaming-since=0:c                            | +[] -[b]
        streaming-since=801:b streaming-since=801:c looked-since=0           | +[] -[b, c]
        streaming-since=5000:b streaming-since=5000:c                        | nothing
        looked-since=800 streaming-since=0:b                                 | nothing
        looked-since=801 streaming-since=0:b                                 | +[] -[c]
        streaming-since=0:b streaming-since=0:c sender=d:streaming:100       | +[d] -[]
        streaming-since=0:b streaming-since=0:c sender=d:streaming:99        | nothing
        streaming-since=0:b streaming-since=0:c sender=d:catchup:16777316    | nothing
        streaming-since=0:b streaming-since=0:c sender=d:startup:16777316    | nothing
        streaming-since=0:b streaming-since=0:c sender=x:streaming:16777316  | nothing
        streaming-since=0:b streaming-since=0:c sender=b:streaming:16777316  | nothing
        streaming-since=801:b streaming-since=0:c sender=d:streaming:100     | +[d] -[b]
        """)
    @DisplayName("when one of S was not seen streaming for longer than suspect, or another member has caught up")
    void revises(String situation, String asked) {
        assertEquals(asked, words(Groups.steady(), situation));
    }

    @ParameterizedTest(name = "{0} is to be copied anew, {1} => {2}")
    @CsvSource(delimiter = '|', textBlock = """
        c | streaming-since=0:b streaming-since=0:c                              | +[] -[]
        c | streaming-since=801:b streaming-since=0:c                            | +[] -[b]
        d | streaming-since=0:b streaming-since=0:c sender=d:streaming:100       | nothing
        """)
    @DisplayName("when one is to be copied anew that commits can do without; it does not come back before")
    void leaves(String member, String situation, String asked) {
        GroupState group = Groups.after(
                Groups.steady(), new GroupEvent.ReinitOrdered(1, RuleId.ORDER_ACCEPTED, Groups.ORDER, "eve", member));
        assertEquals(asked, words(group, situation));
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        owes=800:b:7 | nothing
        owes=801:b:7 | FLUSH_STALLED of b
        owes=801:d:7 | FLUSH_STALLED of d
        owes=801:x:7 | nothing
        """)
    @DisplayName("after it has told that one flushes nothing, whoever waits for it")
    void stalled(String situation, String told) {
        GroupState group = Groups.steady();
        Step step = SyncSetWatch.revise(Situation.view(group, A + BOTH + situation), group);
        String words = step instanceof Step.Submit(ReportGreyFailure report)
                ? report.failure() + " of " + report.member()
                : step == null ? "nothing" : step.toString();
        assertEquals(told, words);
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        b | owes=800:b:7                | nothing
        b | owes=801:b:7                | +[] -[b]
        b | owes=5000:b:7 owes=801:b:8  | +[] -[b]
        b | owes=5000:b:7 owes=800:b:8  | nothing
        d | sender=d:streaming:16777316 | nothing
        """)
    @DisplayName("without one of which that was told; it comes back when it is told that it is over")
    void stalledIsOut(String member, String situation, String asked) {
        GroupState group = Groups.after(
                Groups.steady(),
                new GroupEvent.GreyFailureChanged(
                        1, RuleId.FLUSH_STALLED, member, GreyFailure.FLUSH_STALLED, true, "a", "for 900 ms"));
        assertEquals(asked, words(group, BOTH + situation));
    }

    @Test
    @DisplayName("without one that flushes nothing, untold, where a node of an older release would not understand it")
    void stalledInAnOlderFormat() {
        GroupState older = Groups.inFormat(Format.FIRST, Groups.steady());
        assertEquals("+[] -[b]", words(older, BOTH + "owes=801:b:7"));
        GroupState without = Groups.inFormat(Format.FIRST, Groups.steady(Groups.SETTINGS, Groups.members(), "1 c"));
        assertEquals("nothing", words(without, BOTH + "owes=801:b:7 lsn=1000"));
    }

    @ParameterizedTest(name = "{0} is in maintenance, {1} => {2}")
    @CsvSource(delimiter = '|', textBlock = """
        c | 1 b c | streaming-since=0:b streaming-since=0:c                         | +[] -[]
        c | 1 b   | streaming-since=0:b sender=c:streaming:16777316                 | nothing
        c | none  | sender=c:streaming:16777316                                     | nothing
        """)
    @DisplayName("when one is in maintenance that commits wait for; it does not come back before that is over")
    void maintenance(String member, String rule, String situation, String asked) {
        GroupState group = MaintenanceTest.alone(Groups.steady(Groups.SETTINGS, Groups.members(), rule), member);
        assertEquals(asked, words(group, situation));
    }

    @Test
    @DisplayName("not for a member that is tagged nosync")
    void nosync() {
        var members = List.of(Groups.member("a"), Groups.member("b"), Groups.member("c"), Groups.nosync("d"));
        GroupState group = Groups.steady(Groups.SETTINGS, members, "1 b c");
        assertEquals("nothing", words(group, BOTH + "sender=d:streaming:16777316"));
    }

    @Test
    @DisplayName("not for a member that is being rebuilt, before it has joined")
    void beingRebuilt() {
        GroupState group = Groups.after(
                Groups.steady(),
                new RebuildStarted(1, RuleId.REBUILD_STARTED, "d", RebuildMethod.STREAM, "it was away"));
        assertEquals("nothing", words(group, BOTH + "sender=d:streaming:16777316"));
    }

    @Test
    @DisplayName("not when commits wait for nobody by choice")
    void asynchronous() {
        GroupState group = Groups.steady(Groups.asynchronous(1L << 24), Groups.members(), "none");
        assertNull(SyncSetWatch.revise(Situation.view(group, A + "sender=d:streaming:16777316"), group));
    }

    @Test
    @DisplayName("when commits wait for somebody though a person has made the group asynchronous")
    void emptied() {
        GroupState group = Groups.steady(Groups.asynchronous(1L << 24), Groups.members(), "1 b c");
        assertEquals("+[] -[]", words(group, BOTH + "sender=d:streaming:16777316"));
    }
}
