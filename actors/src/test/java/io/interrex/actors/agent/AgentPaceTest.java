package io.interrex.actors.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupCommand.ReportJoined;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupCommand.StartRebuild;
import io.interrex.cluster.group.GroupEvent.RebuildMethod;
import io.interrex.cluster.member.Plan;
import io.interrex.cluster.member.Step;
import io.interrex.cluster.settings.Profile;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Given an agent with r = 200 ms, whose loop turns every 25 ms. */
final class AgentPaceTest {

    private static final long MS = 1_000_000;
    private static final long VERSION = 40;

    private static final Step START = new Step.StartStandby(null);
    private static final Plan NOTHING = new Plan(null, 0, false, false, false, null, "nothing");

    private final AgentPace pace = new AgentPace(Profile.FAST.timings());

    private static Step rebuild(long wallMs, RebuildMethod method) {
        return new Step.Submit(new StartRebuild(new Stamp("b", wallMs), 1, "b", method, "it has no data"));
    }

    private void refused(Step step, long atMs) {
        pace.finished(step, atMs * MS);
        pace.refused(step, VERSION, atMs * MS);
    }

    /** When the same is asked again, turn by turn, if nothing changes. */
    private List<Long> askedAgain(long fromMs, long toMs) {
        var asked = new ArrayList<Long>();
        for (long at = fromMs; at <= toMs; at += 25) {
            Step step = rebuild(at, RebuildMethod.CLONE);
            if (pace.mayStart(step, VERSION, at * MS)) {
                asked.add(at);
                refused(step, at);
            }
        }
        return asked;
    }

    @Test
    @DisplayName("what the log refused is asked again after 1 s, 2 s, 4 s, … and not every 100 ms")
    void refusedTwice() {
        assertEquals(List.of(0L, 1_000L, 3_000L, 7_000L, 15_000L), askedAgain(0, 20_000));
    }

    @Test
    @DisplayName("a group that moved on is asked at once, and so is something else")
    void changed() {
        refused(rebuild(0, RebuildMethod.CLONE), 0);
        assertFalse(pace.mayStart(rebuild(100, RebuildMethod.CLONE), VERSION, 100 * MS));
        assertTrue(pace.mayStart(rebuild(100, RebuildMethod.CLONE), VERSION + 1, 100 * MS));
        assertTrue(pace.mayStart(rebuild(100, RebuildMethod.REWIND), VERSION, 100 * MS));
        Step joined = new Step.Submit(new ReportJoined(new Stamp("b", 100), 1, "b", Lsn.ZERO));
        assertTrue(pace.mayStart(joined, VERSION, 100 * MS));
    }

    @Test
    @DisplayName("a start of 0.4 s is looked at often enough, one that takes longer ever less, down to once per r")
    void looks() {
        var looks = new ArrayList<Long>();
        for (long at = 1_000; at <= 4_000; at += 25) {
            if (pace.lookDue(at * MS, false, START, NOTHING, null)) {
                looks.add(at - 1_000);
            }
        }
        assertEquals(List.of(0L, 25L, 50L, 75L, 100L, 150L, 200L, 275L, 375L), looks.subList(0, 9));
        assertEquals(200L, looks.getLast() - looks.get(looks.size() - 2));
    }

    @Test
    @DisplayName("while nothing moves it is looked at once per r")
    void quiet() {
        var looks = new ArrayList<Long>();
        for (long at = 1_000; at <= 2_000; at += 25) {
            if (pace.lookDue(at * MS, false, null, NOTHING, null)) {
                looks.add(at);
            }
        }
        assertEquals(List.of(1_000L, 1_200L, 1_400L, 1_600L, 1_800L, 2_000L), looks);
    }

    @Test
    @DisplayName("readers: let in at once, the kernel told again every 400 ms, and at once after they were shut out")
    void readers() {
        assertTrue(pace.readGateDue(true, 1_000 * MS));
        assertFalse(pace.readGateDue(true, 1_375 * MS));
        assertTrue(pace.readGateDue(true, 1_400 * MS));
        assertFalse(pace.readGateDue(false, 1_425 * MS));
        assertTrue(pace.readGateDue(true, 1_450 * MS));
    }

    @Test
    @DisplayName("an agent at rest is due r after its older look or status")
    void due() {
        assertTrue(pace.lookDue(1_000 * MS, false, null, NOTHING, null));
        assertTrue(pace.statusDue(1_050 * MS, false));
        assertEquals(1_200 * MS, pace.dueNs());
        assertTrue(pace.lookDue(1_200 * MS, false, null, NOTHING, null));
        assertEquals(1_250 * MS, pace.dueNs());
    }
}
