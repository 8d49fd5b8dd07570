package io.interrex.cluster.group;

import static io.interrex.cluster.group.Groups.after;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.group.GroupCommand.EndPause;
import io.interrex.cluster.group.GroupCommand.OrderMode;
import io.interrex.cluster.group.GroupCommand.Stamp;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given a group that was paused until 1060 s; it is 1000 s o'clock. */
@DisplayName("A pause with an end")
class PauseTest {

    private static final long END_MS = Groups.NOW_MS + 60_000;

    private static Decision pause(GroupState state, long untilMs, long order) {
        return GroupDecider.decide(
                state, new OrderMode(Groups.STAMP, new UUID(9, order), Mode.PAUSED, "eve", "new switches", untilMs));
    }

    private static GroupState paused(long untilMs) {
        return after(
                Groups.steady(), pause(Groups.steady(), untilMs, 1).events().toArray(GroupEvent[]::new));
    }

    private static Decision end(GroupState state, long atMs) {
        return GroupDecider.decide(state, new EndPause(new Stamp("c", atMs)));
    }

    @ParameterizedTest(name = "{0} ms after its end => {1}")
    @CsvSource({"-1, false", "0, true", "5000, true"})
    @DisplayName("ends at its time, and not before")
    void ends(long pastMs, boolean ended) {
        Decision decision = end(paused(END_MS), END_MS + pastMs);
        assertEquals(ended, decision.accepted());
        assertEquals(RuleId.PAUSE_ENDED, decision.rule());
        GroupState next = after(paused(END_MS), decision.events().toArray(GroupEvent[]::new));
        assertEquals(ended ? Mode.AUTO : Mode.PAUSED, next.mode());
        assertEquals(ended ? 0 : END_MS, next.pausedUntilMs());
    }

    @Test
    @DisplayName("and one without an end, or none at all, is not ended; nothing is recorded")
    void notEnded() {
        assertFalse(end(paused(0), Long.MAX_VALUE).accepted());
        assertFalse(end(Groups.steady(), Long.MAX_VALUE).accepted());
        assertTrue(end(paused(0), Long.MAX_VALUE).events().isEmpty());
    }

    @Test
    @DisplayName("is made longer by another order, and the same time again is what already is")
    void longer() {
        assertEquals(RuleId.ORDER_ALREADY, pause(paused(END_MS), END_MS, 2).rule());
        Decision decision = pause(paused(END_MS), END_MS + 1, 2);
        GroupState next = after(paused(END_MS), decision.events().toArray(GroupEvent[]::new));
        assertEquals(END_MS + 1, next.pausedUntilMs());
        assertFalse(end(next, END_MS).accepted());
    }

    @Test
    @DisplayName("and a resume leave no end behind")
    void resumed() {
        Decision resume = GroupDecider.decide(
                paused(END_MS), new OrderMode(Groups.STAMP, new UUID(9, 3), Mode.AUTO, "eve", "done"));
        assertEquals(
                0,
                after(paused(END_MS), resume.events().toArray(GroupEvent[]::new))
                        .pausedUntilMs());
    }
}
