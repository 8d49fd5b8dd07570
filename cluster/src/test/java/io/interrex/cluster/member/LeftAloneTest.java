package io.interrex.cluster.member;

import static io.interrex.cluster.member.MemberPlannerTest.assertPlan;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvent.RebuildMethod;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.group.MaintenanceTest;
import io.interrex.cluster.group.RuleId;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given b, the primary of epoch 2, and a, once the primary, which is in maintenance. */
@DisplayName("A member in maintenance")
class LeftAloneTest {

    private static final String ME = "me=a max=2 ";

    private static GroupState group(String rebuild) {
        GroupState alone = MaintenanceTest.alone(Groups.secondReign(Groups.SETTINGS), "a");
        return rebuild.equals("none")
                ? alone
                : Groups.after(
                        alone,
                        new GroupEvent.RebuildStarted(
                                2, RuleId.REBUILD_STARTED, "a", RebuildMethod.valueOf(rebuild), "test"));
    }

    @ParameterizedTest(name = "{0}, {1} => {2}")
    @CsvSource(delimiter = '|', textBlock = """
        none   | role=STANDBY@2 STOPPED                                       | wait
        REWIND | role=STANDBY@2 STOPPED                                       | wait
        CLONE  | role=STANDBY@2 ABSENT                                        | wait
        none   | role=STANDBY@2 ABSENT                                        | wait
        none   | role=STANDBY@2 HUNG unwell-since=90000                       | wait
        none   | role=STANDBY@2 STARTING unwell-since=90000                   | wait
        none   | role=STANDBY@2 STANDBY<<b lsn=90 marker=2                    | wait
        none   | role=STANDBY@2 STANDBY lsn=90                                | Detach 2
        none   | role=STANDBY@2 STANDBY lsn=90 marker=1 still                 | Follow b
        none   | role=STANDBY@2 STANDBY lsn=95 marker=1 still                 | wait
        none   | role=FENCED@1 STOPPED                                        | save role=STANDBY@2
        none   | role=STANDBY@2 PRIMARY@5000                                  | save role=FENCED@2
        none   | role=FENCED@2 PRIMARY@5000                                   | Kill
        none   | role=STANDBY@2 STOPPED system=8                              | wait
        none   | role=STANDBY@2 STANDBY lsn=90 system=8                       | wait
        """)
    @DisplayName("keeps its promises, and is neither started, stopped, repaired nor read")
    void plan(String rebuild, String situation, String plan) {
        assertPlan(plan, group(rebuild), ME + situation);
    }

    @Test
    @DisplayName(
            "takes no WAL of an older epoch, and says so where its server runs; where that is stopped it says that")
    void revoked() {
        GroupState started = Groups.started(group("none"));
        assertPlan("Detach 3", started, "me=a max=3 role=STANDBY@2 STANDBY<<b lsn=90 marker=2");
        assertPlan("wait", started, "me=a max=3 role=STANDBY@2 STOPPED");
        Evidence stopped = MemberPlanner.revokeAnswer(Situation.view(started, "me=a max=3 role=STANDBY@2 STOPPED"), 10);
        assertInstanceOf(Evidence.NoAnswer.class, stopped);
        assertNull(MemberPlanner.revokeAnswer(
                Situation.view(
                        Groups.started(Groups.secondReign(Groups.SETTINGS)), "me=a max=3 role=STANDBY@2 STOPPED"),
                10));
    }
}
