package io.interrex.cluster.member;

import static io.interrex.cluster.member.MemberPlannerTest.assertPlan;

import io.interrex.cluster.group.Groups;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given a, the open primary of epoch 1, and an order to hand over to b. The clean stop's checkpoint ends at 100. */
@DisplayName("In a switchover the old primary")
class SwitchoverPlannerTest {

    private static final String A = "me=a max=1 role=PRIMARY@1 ";

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        PRIMARY@5000 opened=5000 lease=1                      | Checkpoint; lease 1 armed gate
        PRIMARY@5000 opened=5000 lease=1 checkpointed         | StopClean; lease 1 armed
        PRIMARY@5000 opened=5000 lease=1 checkpointed probe=801 | Kill hung; lease 1 armed
        STOPPED cleanly lease=1 stopped-since=0:100                   | wait; lease 1
        STOPPED cleanly lease=1 stopped-since=0:100 peer=b:99         | wait; lease 1
        STOPPED cleanly lease=1 stopped-since=0:100 peer=c:100        | wait; lease 1
        STOPPED cleanly lease=1 stopped-since=0:100 peer=b:100        | save released=1 role=FENCED@1
        STOPPED cleanly lease=1 stopped-since=9999:100 peer=b:100     | save released=1 role=FENCED@1
        STOPPED cleanly lease=1 stopped-since=1600:100 peer=b:99      | wait; lease 1
        STOPPED cleanly lease=1 stopped-since=1601:100 peer=b:99      | ReportOperation; lease 1
        STOPPED lease=1                                       | StartPrimary ANY 1 (b, c); lease 1 armed
        """)
    @DisplayName("closes its gate, stops, gives back when the target has it all, and gives up after 2 x suspect")
    void handsOver(String situation, String plan) {
        assertPlan(plan, Groups.switchingOver(Groups.steady(), "b"), A + situation);
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        pooler=app:idle                                                 | Checkpoint; lease 1 armed gate
        checkpointed pooler=app:idle                                    | HoldPoolers; lease 1 armed gate
        checkpointed pooler=app:idle asked-since=1500                   | HoldPoolers; lease 1 armed gate
        checkpointed pooler=app:idle asked-since=1501                   | ReportPoolersBusy; lease 1 armed gate
        checkpointed pooler=app:held-before asked-since=10              | HoldPoolers; lease 1 armed gate
        checkpointed pooler=app:refused-before asked-since=10           | HoldPoolers; lease 1 armed gate
        checkpointed pooler=app:held asked-since=10                     | StopClean; lease 1 armed
        checkpointed pooler=app:held pooler=web:idle asked-since=10     | HoldPoolers; lease 1 armed gate
        checkpointed pooler=app:held pooler=web:held asked-since=10     | StopClean; lease 1 armed
        checkpointed pooler=app:held pooler=web:refuses asked-since=10  | ReportPoolersBusy; lease 1 armed gate
        """)
    @DisplayName(
            "stops only when every pooler holds for this order; one that refuses, or says nothing for 1.5 s, ends the order, gate open")
    void waitsForPoolers(String situation, String plan) {
        assertPlan(
                plan, Groups.switchingOver(Groups.steady(), "b"), A + "PRIMARY@5000 opened=5000 lease=1 " + situation);
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        checkpointed pooler=app:idle asked-since=1500                   | HoldPoolers; lease 1 armed gate
        checkpointed pooler=app:idle asked-since=1501                   | StopClean; lease 1 armed
        checkpointed pooler=app:refuses asked-since=10                  | StopClean; lease 1 armed
        """)
    @DisplayName("stops without them where its disk is nearly full")
    void waitsNoLongerWithAFullDisk(String situation, String plan) {
        assertPlan(plan, Groups.handingOver(Groups.steady(), "b"), A + "PRIMARY@5000 opened=5000 lease=1 " + situation);
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        STOPPED cleanly lease=1 stopped-since=1601:100 peer=b:99      | StartPrimary ANY 1 (b, c); lease 1 armed
        """)
    @DisplayName("starts again behind the barrier once the order is over without a release")
    void startsAgain(String situation, String plan) {
        assertPlan(plan, Groups.steady(), A + situation);
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(delimiter = '|', textBlock = """
        me=b max=1 role=STANDBY@1 STANDBY<<a admitted         | wait; read
        """)
    @DisplayName("is the only one that does anything: the target goes on following")
    void target(String situation, String plan) {
        assertPlan(plan, Groups.switchingOver(Groups.steady(), "b"), situation);
    }
}
