package io.interrex.cluster.supervision;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.group.MaintenanceTest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given c in maintenance for a minute, and a supervisor that looks every second. */
@DisplayName("A supervisor of a group of which a member is in maintenance")
final class MaintenanceOverTest extends SupervisorDesk {

    @ParameterizedTest(name = "{0} ms later, during a failover: {1} => {2}")
    @CsvSource({
        "59999, false, nothing",
        "60000, false, ExpireMaintenance",
        "60000, true,  ExpireMaintenance",
        "90000, true,  ExpireMaintenance"
    })
    @DisplayName("says that it is over when its time has come, whether there is a primary or not")
    void over(long afterMs, boolean failover, String said) {
        wallStepMs = afterMs;
        GroupState steady = MaintenanceTest.alone(Groups.steady(), "c");
        GroupState group = failover ? Groups.started(steady) : steady;
        var acts = new ArrayList<Act>(
                GreyWatch.START.turn(watch(group, "b~100", NOW_MS + 1000)).acts());
        assertEquals(said, words(new Supervision.Step(inquiry, List.copyOf(acts))));
    }
}
