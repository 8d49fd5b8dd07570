package io.interrex.cluster.supervision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.group.Mode;
import io.interrex.cluster.group.RuleId;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given a pause until 1000 s. */
@DisplayName("A supervisor of a paused group")
final class PauseOverTest extends SupervisorDesk {

    private static GroupState paused(long untilMs) {
        return Groups.after(
                Groups.steady(),
                new GroupEvent.ModeChanged(
                        1, RuleId.ORDER_ACCEPTED, Groups.ORDER, Mode.PAUSED, "eve", "switches", untilMs));
    }

    @ParameterizedTest(name = "rank {0}, {1} ms after its end => {2}")
    @CsvSource({"0, -1, nothing", "0, 0, EndPause", "1, 999, nothing", "1, 1000, EndPause", "2, 1999, nothing"})
    @DisplayName("says that the pause is over, the higher its rank the later")
    void over(int ofRank, long afterMs, String acts) {
        rank = ofRank;
        wallStepMs = afterMs;
        assertEquals(acts, tick(paused(Groups.NOW_MS), "b~100", NOW_MS));
    }

    @Test
    @DisplayName("says so also while the primary is lost: what was held by the pause is held no more")
    void whileLost() {
        String acts = tick(paused(Groups.NOW_MS), "b~released", NOW_MS);
        assertTrue(acts.contains("EndPause"), acts);
    }

    @Test
    @DisplayName("leaves a pause without an end to people")
    void withoutEnd() {
        wallStepMs = 1L << 40;
        assertEquals("nothing", tick(paused(0), "b~100", NOW_MS));
    }
}
