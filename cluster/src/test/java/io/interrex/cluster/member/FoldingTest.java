package io.interrex.cluster.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.GroupCommand.StartRebuild;
import io.interrex.cluster.group.GroupEvent.RebuildMethod;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.port.Database.Promoted;
import io.interrex.cluster.port.Database.Upstream;
import io.interrex.cluster.port.Nothing;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is known of a server's death holds until somebody may have started one, whatever that start's outcome was. */
@DisplayName("An agent remembers")
final class FoldingTest {

    private static final Upstream A = new Upstream("a", "host-a", 5432);
    private static final Step STOP = new Step.StopClean("test");
    private static final Step KILL = new Step.Kill("test");
    private static final List<Step> STARTING = List.of(
            new Step.Initialise(),
            new Step.StartStandby(null),
            new Step.StartPrimary(SyncSet.NONE),
            new Step.Rewind(A),
            new Step.Clone(A));

    @Test
    @DisplayName("that nothing of the server is left once a kill or a clean stop is done, and not before")
    void emptied() {
        assertFalse(Progress.NONE.isEmptied());
        assertFalse(Folding.began(Progress.NONE, KILL).isEmptied());
        assertTrue(Folding.done(Progress.NONE, KILL, Nothing.NOTHING, 1).isEmptied());
        Progress stopped = Folding.done(Progress.NONE, STOP, new Lsn(90), 1);
        assertTrue(stopped.isEmptied());
        assertEquals(new Lsn(90), stopped.cleanStop());
    }

    @Test
    @DisplayName("neither that nor the shutdown checkpoint once a step has begun, or ended, that may start a server")
    void forgotten() {
        Progress stopped = Folding.done(Progress.NONE, STOP, new Lsn(90), 1);
        for (Step step : STARTING) {
            assertFalse(Folding.began(stopped, step).isEmptied(), step.toString());
            assertNull(Folding.began(stopped, step).cleanStop(), step.toString());
        }
        assertTrue(Folding.began(stopped, KILL).isEmptied());
        assertTrue(Folding.began(stopped, new Step.Detach(2)).isEmptied());
    }

    @Test
    @DisplayName("no copy that was made by order once it is to follow without one: a failover overtook it (seed 31192)")
    void overtaken() {
        var order = new UUID(0, 7);
        Progress copied = Folding.done(Progress.NONE, new Step.Clone(A, A, order), Nothing.NOTHING, 1);
        assertEquals(order, copied.rebuilds().order());
        for (RebuildMethod method : RebuildMethod.values()) {
            var start = new Step.Submit(new StartRebuild(Groups.STAMP, 3, "b", method, "test"));
            UUID known =
                    Folding.done(copied, start, Nothing.NOTHING, 2).rebuilds().order();
            assertEquals(method == RebuildMethod.CLONE ? order : null, known, method.toString());
        }
    }

    @Test
    @DisplayName("that clients were sent away while they were being admitted, whichever is heard of first (seed 67135)")
    void sentAwayMeanwhile() {
        var admit = new Step.Admit(Progress.NONE.admission().closings(), false);
        Progress late = Folding.done(Progress.NONE.sentAway(), admit, Nothing.NOTHING, 1);
        assertFalse(late.admission().isOpen());
        assertTrue(Folding.done(late, new Step.Admit(late.admission().closings(), false), Nothing.NOTHING, 2)
                .admission()
                .isOpen());
        assertFalse(Folding.done(Progress.NONE, admit, Nothing.NOTHING, 1)
                .sentAway()
                .admission()
                .isOpen());
    }

    @Test
    @DisplayName("that nobody is admitted to a server that was promoted, though readers were before (the story's find)")
    void promotedWithoutClients() {
        Progress standby = Folding.done(Progress.NONE, new Step.Admit(0, false), Nothing.NOTHING, 1);
        assertTrue(standby.admission().isOpen());
        var promoted = new Promoted(2, new Lsn(90));
        assertFalse(Folding.done(standby, new Step.Promote(2, SyncSet.NONE), promoted, 2)
                .admission()
                .isOpen());
    }
}
