package io.interrex.cluster.port.view;

import static io.interrex.cluster.port.view.EventWordsTest.line;

import io.interrex.cluster.detection.Headroom.Level;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.group.Troubles.GreyFailure;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** What {@link EventWordsTest} expects of events that tell of members that answer and are not well. */
final class TroubleLines {

    private TroubleLines() {}

    static Stream<Arguments> troubles() {
        return Stream.of(
                line(
                        new GroupEvent.DiskHeadroomChanged(
                                2, RuleId.DISK_HEADROOM, "a", Level.CRITICAL, List.of(), "a", "data has 7 MiB"),
                        "ALARM: a disk of a is nearly full: data has 7 MiB"),
                line(
                        new GroupEvent.DiskHeadroomChanged(
                                2, RuleId.DISK_HEADROOM, "a", Level.OK, List.of(), "a", "data has 7 GiB"),
                        "the disks of a have room again: data has 7 GiB"),
                line(
                        new GroupEvent.GreyFailureChanged(
                                2, RuleId.REPLAY_STALLED, "b", GreyFailure.REPLAY_STALLED, true, "a", "for 40 s"),
                        "ALARM: b receives WAL and applies none: for 40 s"),
                line(
                        new GroupEvent.GreyFailureChanged(
                                2, RuleId.CONNECTIONS_SHORT, "b", GreyFailure.CONNECTIONS_SHORT, false, "a", "7 of 97"),
                        "b has connections again: 7 of 97"),
                line(
                        new GroupEvent.GreyFailureChanged(
                                2, RuleId.UNKILLABLE, "a", GreyFailure.UNKILLABLE, true, "a", "process 7 in state D"),
                        "ALARM: a has processes that cannot be killed: process 7 in state D"),
                line(
                        new GroupEvent.GreyFailureChanged(
                                2, RuleId.UNKILLABLE, "a", GreyFailure.UNKILLABLE, false, "a", "they are dead"),
                        "a has no process that cannot be killed any more: they are dead"),
                line(
                        new GroupEvent.GreyFailureChanged(
                                2, RuleId.RESTARTS_SPENT, "b", GreyFailure.RESTARTS_SPENT, true, "b", "died 4 times"),
                        "ALARM: b has no restarts left: died 4 times"),
                line(
                        new GroupEvent.GreyFailureChanged(
                                2, RuleId.RESTARTS_SPENT, "b", GreyFailure.RESTARTS_SPENT, false, "b", "3 are left"),
                        "b has run well for long enough to be restarted again: 3 are left"),
                line(
                        new GroupEvent.GreyFailureChanged(
                                2, RuleId.FLUSH_STALLED, "b", GreyFailure.FLUSH_STALLED, true, "a", "for 900 ms"),
                        "ALARM: b takes WAL and flushes none: for 900 ms"),
                line(
                        new GroupEvent.GreyFailureChanged(
                                2, RuleId.FLUSH_STALLED, "b", GreyFailure.FLUSH_STALLED, false, "a", "for 8 s"),
                        "b flushes WAL again: for 8 s"),
                line(
                        new GroupEvent.DiskHeadroomChanged(
                                2, RuleId.DISK_HEADROOM, "a", Level.EXHAUSTED, List.of(), "a", "data has 7 MiB"),
                        "ALARM: a disk of a is all but full: data has 7 MiB"),
                line(
                        new GroupEvent.WritesLimited(2, RuleId.READ_ONLY, "a", true, List.of(), "data has 7 MiB"),
                        "ALARM: clients of a only read: data has 7 MiB"),
                line(
                        new GroupEvent.WritesLimited(2, RuleId.READ_ONLY, "a", false, List.of(), "data has 7 GiB"),
                        "clients of a write again: data has 7 GiB"));
    }
}
