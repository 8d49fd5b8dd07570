package io.interrex.cluster.supervision;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.group.Mode;
import io.interrex.cluster.group.RuleId;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given a pause until 1000 s, and a supervisor that looks every second. */
@DisplayName("A supervisor of a paused group")
final class PauseOverTest extends SupervisorDesk {

    private static GroupState paused(long untilMs) {
        return Groups.after(
                Groups.steady(),
                new GroupEvent.ModeChanged(
                        1, RuleId.ORDER_ACCEPTED, Groups.ORDER, Mode.PAUSED, "eve", "switches", untilMs));
    }

    /** How many looks it takes until it says that the pause is over; 0: never in a minute. */
    private int saidAfterLooks(GroupState group) {
        GreyWatch grey = GreyWatch.START;
        for (int look = 1; look <= 60; look++) {
            GreyWatch.Turn turn = grey.turn(watch(group, "b~100", NOW_MS + look * 1000L));
            grey = turn.watch();
            if (!turn.acts().isEmpty()) {
                assertEquals("EndPause", words(new Supervision.Step(inquiry, turn.acts())));
                return look;
            }
        }
        return 0;
    }

    @ParameterizedTest(name = "rank {0}, {1} ms after its end => said at look {2}")
    @CsvSource({"0, -1, 0", "0, 0, 1", "0, 5000, 1", "1, 0, 3", "2, 0, 5"})
    @DisplayName("says that the pause is over, the higher its rank the later")
    void over(int ofRank, long afterMs, int looks) {
        rank = ofRank;
        wallStepMs = afterMs;
        assertEquals(looks, saidAfterLooks(paused(Groups.NOW_MS)));
    }

    @Test
    @DisplayName("says so also while the primary is lost: what was held by the pause is held no more")
    void whileLost() {
        GroupState lost = Groups.after(
                paused(Groups.NOW_MS),
                new GroupEvent.PrimarySuspected(1, RuleId.PRIMARY_SUSPECTED, "a", "b", "silent", List.of()));
        assertEquals(1, saidAfterLooks(lost));
    }

    @Test
    @DisplayName("leaves a pause without an end to people")
    void withoutEnd() {
        wallStepMs = 1L << 40;
        assertEquals(0, saidAfterLooks(paused(0)));
    }
}
