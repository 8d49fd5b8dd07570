package io.interrex.cluster.member;

import static io.interrex.cluster.group.Facts.names;
import static io.interrex.cluster.group.Facts.syncSet;
import static io.interrex.cluster.member.MemberPlannerTest.assertPlan;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.Fencing;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvent.RebuildMethod;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.group.RuleId;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Profile fast: suspect 800 ms. */
@DisplayName("A standby")
class StandbyPlannerTest {

    /** b is the primary of epoch 2, which began at 90; a served before it and is fenced, dead at 95. */
    private static GroupState secondReign() {
        return Groups.after(
                Groups.secondReign(Groups.SETTINGS),
                new GroupEvent.PrimaryFenced(2, RuleId.FENCED, "a", Fencing.LEASE_EXPIRED, "test"));
    }

    private static GroupState rebuilding(String member, RebuildMethod method) {
        GroupState rebuilding = Groups.after(
                secondReign(), new GroupEvent.RebuildStarted(2, RuleId.REBUILD_STARTED, member, method, "test"));
        return method == RebuildMethod.CLONE ? CopyPlannerTest.from(rebuilding, member, "b") : rebuilding;
    }

    /** Epoch 2 was begun and is given to nobody. */
    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        me=c max=2 role=STANDBY@1 STANDBY<<a                  | Detach 2
        me=c max=2 role=STANDBY@1 STANDBY<<a detached=1:90    | Detach 2
        me=c max=2 role=STANDBY@1 STANDBY detached=2:90       | wait
        me=c max=2 role=STANDBY@1 STOPPED                     | StartStandby of nobody
        me=c max=2 role=STANDBY@1 STARTING                    | wait
        me=c max=2 role=STANDBY@1 HUNG unwell-since=4000      | wait
        me=c max=2 role=STANDBY@1 HUNG unwell-since=4001      | Kill
        me=c max=2 role=NONE@0 ABSENT                         | wait
        me=c max=2 role=STANDBY@1 INCOMPLETE                  | wait
        me=a max=2 role=FENCED@1 STOPPED                      | wait
        me=a max=2 role=FENCED@1 STANDBY                      | Kill
        me=c max=3 role=STANDBY@1 STANDBY detached=2:90       | Detach 3
        """)
    @DisplayName("of no epoch takes no WAL, and a former primary stays dead")
    void revoked(String situation, String plan) {
        assertPlan(plan, Groups.started(Groups.steady()), situation);
    }

    /** Epoch 2 was given to b; commits will wait for c, and not for d. */
    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        me=c max=2 role=STANDBY@1 STANDBY detached=2:90        | save role=STANDBY@2
        me=c max=2 role=STANDBY@2 STANDBY detached=2:90        | Follow b
        me=c max=2 role=STANDBY@2 STANDBY<b                    | wait
        me=c max=2 role=STANDBY@2 STANDBY<<b                   | wait
        me=c max=2 role=STANDBY@2 STANDBY<b dry-since=999999   | wait
        me=c max=2 role=NONE@0 ABSENT                          | wait
        me=d max=2 role=STANDBY@1 STANDBY<<a                   | Detach 2
        me=d max=2 role=STANDBY@1 STANDBY detached=2:90        | wait
        me=a max=2 role=FENCED@1 STOPPED                       | wait
        """)
    @DisplayName("of the next primary's commit rule follows the candidate, others wait until it is established")
    void authorized(String situation, String plan) {
        assertPlan(plan, Groups.authorized(), situation);
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        me=c max=2 role=STANDBY@2 STANDBY<<b                   | Admit; read
        me=c max=2 role=STANDBY@2 STANDBY<<b admitted          | wait; read
        me=c max=2 role=STANDBY@2 STANDBY<b                    | wait
        me=c max=2 role=STANDBY@2 STANDBY<b dry-since=8000 serving=b | wait
        me=c max=2 role=STANDBY@2 STANDBY<b dry-since=8001 serving=b | Detach 2
        me=c max=2 role=STANDBY@2 STANDBY<b dry-since=8001 serving=a | wait
        me=c max=2 role=STANDBY@2 STANDBY<b dry-since=8001     | wait
        me=c max=2 role=STANDBY@2 STARTING unwell-since=16000  | wait
        me=c max=2 role=STANDBY@2 STARTING unwell-since=16001  | Kill
        me=c max=2 role=STANDBY@2 HUNG unwell-since=4001       | Kill
        me=c max=2 role=STANDBY@2 STOPPED                      | StartStandby of nobody
        me=c max=2 role=STANDBY@2 STOPPED rebuilt=b            | StartStandby of b
        me=c max=2 role=STANDBY@2 STOPPED rebuilt=a            | StartStandby of nobody
        me=c max=2 role=STANDBY@2 STANDBY lsn=80 still         | Follow b
        me=c max=2 role=STANDBY@1 STANDBY lsn=80 still         | save role=STANDBY@2
        me=c max=2 role=STANDBY@2 STANDBY<a lsn=90             | Detach 2
        me=c max=2 role=STANDBY@2 STANDBY lsn=80               | Detach 2
        me=c max=2 role=STANDBY@2 STANDBY lsn=80 detached=2:80 follow-begun | Detach 2
        me=c max=2 role=STANDBY@2 STANDBY lsn=80 detached=2:91 | StartRebuild REWIND
        me=c max=2 role=STANDBY@2 STANDBY lsn=91 detached=1:80 | Follow b
        me=c max=2 role=STANDBY@2 STANDBY lsn=100 still marker=2     | Follow b
        me=c max=2 role=STANDBY@2 STANDBY lsn=91 still         | StartRebuild REWIND
        me=a max=2 role=STANDBY@2 STANDBY lsn=80 still marker=1x     | StartRebuild CLONE
        me=a max=2 role=STANDBY@2 STANDBY lsn=100 still marker=2x    | StartRebuild CLONE
        me=c max=2 role=NONE@0 ABSENT                          | StartRebuild CLONE
        me=c max=2 role=STANDBY@2 INCOMPLETE                   | StartRebuild CLONE
        me=a max=2 role=FENCED@1 STOPPED lsn=95                | save role=STANDBY@2
        me=a max=2 role=STANDBY@2 STOPPED lsn=95               | StartStandby of nobody
        me=a max=2 role=STANDBY@2 STANDBY lsn=90 still         | StartRebuild STREAM
        me=a max=2 role=STANDBY@2 STANDBY<<b admitted          | ReportJoined; read
        """)
    @DisplayName(
            "of an established primary streams where its marker and position fit, and asks for a rebuild elsewhere")
    void established(String situation, String plan) {
        assertPlan(plan, secondReign(), situation);
    }

    private static GroupState toBeCopied(String member, String rule) {
        return Groups.after(
                withSyncSet(secondReign(), rule),
                new GroupEvent.ReinitOrdered(2, RuleId.ORDER_ACCEPTED, Groups.ORDER, "eve", member));
    }

    private static GroupState toBeRestarted(String rule) {
        var run = new io.interrex.cluster.group.GroupCommand.Run("c", 5000, false, false);
        return Groups.after(
                withSyncSet(secondReign(), rule),
                new GroupEvent.RestartOrdered(
                        2,
                        RuleId.ORDER_ACCEPTED,
                        Groups.ORDER,
                        "eve",
                        java.util.List.of(run),
                        names(""),
                        false,
                        false,
                        0));
    }

    @ParameterizedTest(name = "commits wait for {0}: {1} => {2}")
    @CsvSource(delimiter = '|', textBlock = """
        1 a   | me=c max=2 role=STANDBY@2 STANDBY<<b@5000 admitted      | StopClean
        1 a   | me=c max=2 role=STANDBY@2 STANDBY<<b@5000 admitted busy | StopClean
        1 a   | me=d max=2 role=STANDBY@2 STANDBY<<b@5000 admitted      | wait; read
        1 a c | me=c max=2 role=STANDBY@2 STANDBY<<b@5000 admitted      | wait; read
        1 a   | me=c max=2 role=STANDBY@2 STANDBY<b@5000 lsn=90         | wait
        1 a   | me=c max=2 role=STANDBY@2 STOPPED                       | StartStandby of nobody
        1 a   | me=c max=2 role=STANDBY@2 STANDBY<<b@6000               | Admit; read
        1 a   | me=c max=2 role=STANDBY@2 STANDBY<<b@6000 admitted      | ReportServerRestarted; read
        """)
    @DisplayName("that is restarted by order stops when it streams and does not count, and tells of its next run")
    void restarted(String rule, String situation, String plan) {
        assertPlan(plan, toBeRestarted(rule), situation);
    }

    private static GroupState beingCopied(String member, String rule) {
        GroupState rebuilding = Groups.after(
                toBeCopied(member, rule),
                new GroupEvent.RebuildStarted(
                        2, RuleId.REBUILD_STARTED, member, RebuildMethod.CLONE, "a person ordered it"));
        return CopyPlannerTest.from(rebuilding, member, "b");
    }

    @ParameterizedTest(name = "commits wait for {0}: {1} => {2}")
    @CsvSource(delimiter = '|', textBlock = """
        1 a c | me=c max=2 role=STANDBY@2 STANDBY<<b admitted           | wait; read
        1 c   | me=c max=2 role=STANDBY@2 STANDBY<<b admitted           | wait; read
        none  | me=c max=2 role=STANDBY@2 STANDBY<<b admitted           | wait; read
        1 a   | me=c max=2 role=STANDBY@2 STANDBY<<b admitted           | StartRebuild CLONE
        1 a   | me=c max=2 role=STANDBY@2 STANDBY<<b copied-for-order=b admitted | wait; read
        1 a   | me=d max=2 role=STANDBY@2 STANDBY<<b admitted           | wait; read
        1 a   | me=c max=2 role=STANDBY@2 STANDBY<a lsn=90              | StartRebuild CLONE
        1 a   | me=c max=2 role=STANDBY@2 STARTING                      | wait
        """)
    @DisplayName("that a person lets copy anew waits until it does not count, and others are enough")
    void toBeCopied(String rule, String situation, String plan) {
        assertPlan(plan, toBeCopied("c", rule), situation);
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        me=c max=2 role=STANDBY@2 STANDBY<<b admitted                  | StopClean
        me=c max=2 role=STANDBY@2 STOPPED                              | Clone of b
        me=c max=2 role=STANDBY@2 STOPPED copied-for-order=b           | StartStandby of b
        me=c max=2 role=STANDBY@2 STANDBY<<b copied-for-order=b admitted | ReportJoined; read
        """)
    @DisplayName("is stopped, copied and started, and says so when it streams")
    void copied(String situation, String plan) {
        assertPlan(plan, beingCopied("c", "1 a"), situation);
    }

    @ParameterizedTest(name = "followed {0} times without WAL, b says that it serves: {1}, commits wait for {2} => {3}")
    @CsvSource({
        "2, true, 1 a, Follow b",
        "3, true, 1 a, StartRebuild CLONE",
        "3, false, 1 a, Follow b",
        "3, true, 1 a c, Follow b",
        "3, true, 1 c, Follow b",
        "3, true, none, Follow b"
    })
    @DisplayName(
            "that fits and receives nothing is cloned, unless the upstream is down or it counts as a copy (simulator's finds)")
    void dryFollows(int times, boolean serving, String rule, String plan) {
        String upstream = serving ? " serving=b" : "";
        GroupState group = withSyncSet(secondReign(), rule);
        assertPlan(plan, group, "me=c max=2 role=STANDBY@2 STANDBY lsn=80 still follows=" + times + upstream);
    }

    @ParameterizedTest(name = "{0}, {1} => {2}")
    @CsvSource(delimiter = '|', textBlock = """
        STREAM | me=a max=2 role=STANDBY@2 STANDBY lsn=90 still                  | Follow b
        REWIND | me=a max=2 role=STANDBY@2 STANDBY lsn=95 still                  | StopClean
        REWIND | me=a max=2 role=STANDBY@2 STOPPED lsn=95                  | Rewind to b
        REWIND | me=a max=2 role=STANDBY@1 STOPPED lsn=95                  | save role=STANDBY@2
        REWIND | me=a max=2 role=FENCED@1 STOPPED lsn=95                   | save role=STANDBY@2
        REWIND | me=a max=2 role=STANDBY@2 STOPPED lsn=95 rewind-failed    | StartRebuild CLONE
        REWIND | me=a max=2 role=STANDBY@2 STOPPED rebuilt=b               | StartStandby of b
        REWIND | me=a max=2 role=STANDBY@2 INCOMPLETE                      | StartRebuild CLONE
        REWIND | me=a max=2 role=STANDBY@2 STANDBY lsn=80 still marker=1x        | StartRebuild CLONE
        CLONE  | me=a max=2 role=STANDBY@2 STOPPED lsn=95                  | Clone of b
        CLONE  | me=a max=2 role=STANDBY@2 STOPPED lsn=95 rewind-failed    | Clone of b
        CLONE  | me=a max=2 role=STANDBY@2 STOPPED lsn=95 unsure           | StartStandby of nobody
        CLONE  | me=a max=2 role=STANDBY@2 STOPPED lsn=95 unsure crashed-since=99 crashed-since=98 crashed-since=9 | StartStandby of nobody
        CLONE  | me=a max=2 role=STANDBY@2 STOPPED lsn=95 unsure crashed-since=99 crashed-since=98 crashed-since=9 crashed-since=1 | Clone of b
        CLONE  | me=a max=2 role=STANDBY@2 STOPPED lsn=95 unsure rewind-failed | Clone of b
        CLONE  | me=a max=2 role=STANDBY@2 STANDBY lsn=80 still unsure           | Follow b
        CLONE  | me=a max=2 role=STANDBY@2 INCOMPLETE unsure               | Clone of b
        CLONE  | me=a max=2 role=STANDBY@2 STANDBY lsn=80 still marker=1x        | StopClean
        CLONE  | me=a max=2 role=STANDBY@2 ABSENT                          | Clone of b
        CLONE  | me=a max=2 role=STANDBY@2 INCOMPLETE                      | Clone of b
        CLONE  | me=a max=2 role=STANDBY@2 STOPPED rebuilt=b               | StartStandby of b
        CLONE  | me=a max=2 role=STANDBY@2 STANDBY<<b admitted             | ReportJoined; read
        """)
    @DisplayName(
            "whose rebuild is in the log is stopped first, rewound before it is cloned, and reports that it streams")
    void rebuilt(RebuildMethod method, String situation, String plan) {
        assertPlan(plan, rebuilding("a", method), situation);
    }

    /** The simulator's find: it was cloned while the other standby was being rewound, and one copy was left. */
    @ParameterizedTest(name = "commits wait for {0}, stopped for {1} ms => {2}")
    @CsvSource({
        "none, 0, wait",
        "1 c, 0, StartRebuild CLONE",
        "none, 8000, wait",
        "none, 8001, StartRebuild CLONE",
        "1 a, 0, wait"
    })
    @DisplayName("whose rewind failed keeps its data until the others are enough, or have had the time to come back")
    void keepsItsData(String rule, long sinceMs, String plan) {
        GroupState group = waitingFor(rule, RebuildMethod.REWIND);
        if (plan.equals("wait")) {
            assertPlan("ReportRebuildHeld", group, "me=a max=2 role=STANDBY@2 STOPPED lsn=95 rewind-failed");
            group = Groups.after(
                    group, new GroupEvent.RebuildHeld(2, RuleId.REBUILD_HELD, "a", RebuildMethod.REWIND, "no hints"));
        }
        assertPlan(plan, group, "me=a max=2 role=STANDBY@2 STOPPED lsn=95 rewind-failed looked-since=" + sinceMs);
    }

    /** The simulator's find: it was cloned while the other standby was being rewound, and one copy was left. */
    @ParameterizedTest(name = "commits wait for {0}, seen for {1} ms => {2}")
    @CsvSource({
        "none, 0, wait",
        "1 c, 0, StartRebuild CLONE",
        "1 a, 8000, wait",
        "none, 8000, wait",
        "none, 8001, StartRebuild CLONE"
    })
    @DisplayName("that is off the chain keeps its data until the others are enough, or have had the time to come back")
    void offTheChain(String rule, long sinceMs, String plan) {
        GroupState group = withSyncSet(secondReign(), rule);
        assertPlan(
                plan, group, "me=a max=2 role=STANDBY@2 looked-since=" + sinceMs + " STANDBY lsn=80 still marker=1x");
    }

    /** The simulator's find: its disk was full, and it threw away one copy after the other. */
    @ParameterizedTest(name = "commits wait for {0}, first crash {1} ms ago => {2}")
    @CsvSource({
        "none, 9, StartStandby of nobody",
        "none, 8000, StartStandby of nobody",
        "none, 8001, Clone of b",
        "1 c, 9, Clone of b"
    })
    @DisplayName(
            "whose copy crashes again and again is cloned again where the others are enough, or had the time to come back")
    void crashing(String rule, long firstMs, String plan) {
        String crashes = " crashed-since=" + firstMs + " crashed-since=1000".repeat(3);
        assertPlan(
                plan,
                waitingFor(rule, RebuildMethod.CLONE),
                "me=a max=2 role=STANDBY@2 STOPPED lsn=95 unsure" + crashes);
    }

    private static GroupState waitingFor(String rule, RebuildMethod method) {
        return withSyncSet(rebuilding("a", method), rule);
    }

    private static GroupState withSyncSet(GroupState group, String rule) {
        return Groups.after(
                group,
                new GroupEvent.SyncSetApplied(
                        2,
                        RuleId.SYNC_SET_SHRUNK,
                        syncSet(rule),
                        new Lsn(100),
                        syncSet(rule).standbys()));
    }

    /** The simulator's find: a fallen candidate stayed dead, and with it the only copy of what had been acknowledged. */
    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        me=b max=3 role=FENCED@2 STOPPED lsn=95                | save role=STANDBY@3
        me=b max=3 role=PRIMARY@2 STOPPED lsn=95               | save role=STANDBY@3
        me=b max=3 role=FENCED@2 STOPPED lsn=95 busy           | wait
        me=b max=3 role=FENCED@2 HUNG                          | Kill
        me=b max=4 role=FENCED@2 STOPPED lsn=95                | wait
        me=a max=3 role=FENCED@1 STOPPED lsn=95                | wait
        """)
    @DisplayName(
            "that was a candidate and fell before it was established promises like any other; a former primary does not")
    void fallenCandidate(String situation, String plan) {
        assertPlan(plan, Groups.started(Groups.authorized()), situation);
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource({"1 c, save role=STANDBY@3", "none, save role=STANDBY@3"})
    @DisplayName(
            "that was a candidate promises also where nobody else had to hold its commits: two members and a witness go on")
    void fallenAlone(String rule, String plan) {
        GroupState fallen = Groups.authorized(Groups.started(Groups.steady()), "b", 90, rule, 1);
        assertPlan(plan, Groups.started(fallen), "me=b max=3 role=FENCED@2 STOPPED lsn=95");
    }

    @Test
    @DisplayName(
            "that is the recorded primary and was its own candidate stays dead: others may hold what it acknowledged")
    void fallenPrimary() {
        GroupState fallen = Groups.authorized(Groups.started(Groups.steady()), "a", 95, "1 c", 1);
        assertPlan("wait", Groups.started(fallen), "me=a max=3 role=FENCED@2 STOPPED lsn=95");
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource({"STANDBY<<b admitted, ReportJoined; read", "STANDBY<b, wait"})
    @DisplayName("in a named alarm reports that it streams again")
    void stuck(String server, String plan) {
        GroupState stuck =
                Groups.after(secondReign(), new GroupEvent.MemberStuck(2, RuleId.MEMBER_STUCK, "c", "disk full"));
        assertPlan(plan, stuck, "me=c max=2 role=STANDBY@2 " + server);
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource({"STANDBY<<b admitted, wait; read"})
    @DisplayName("that is back and has been reported does nothing more")
    void joined(String server, String plan) {
        GroupState joined = Groups.after(
                rebuilding("a", RebuildMethod.CLONE),
                new GroupEvent.MemberJoined(2, RuleId.REBUILD_DONE, "a", new Lsn(120)));
        assertPlan(plan, joined, "me=a max=2 role=STANDBY@2 " + server);
    }
}
