package io.interrex.actors.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.group.GroupCommand.ReportGreyFailure;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.Troubles.GreyFailure;
import io.interrex.cluster.member.Progress;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("That processes outlive SIGKILL")
class AgentUndeadTest {

    private static final Stamp STAMP = new Stamp("a", 7);

    @Test
    @DisplayName("is told once with the evidence, and once that it is over")
    void byTheEdge() {
        var reports = new LateReports(1);
        var undead = new AgentUndead(reports, "a");
        Progress one = Progress.NONE.unkillable("process 7 in state D");
        Progress two = one.unkillable("process 8 in state D");
        assertEquals(one, undead.told(Progress.NONE, one, STAMP));
        undead.told(one, two, STAMP);
        undead.told(two, two.unkillable(null), STAMP);
        undead.told(Progress.NONE, Progress.NONE, STAMP);

        var told = new ArrayList<Object>();
        for (int i = 1; i < 9; i++) {
            reports.tick(i * 10L, command -> {
                told.add(command);
                return CompletableFuture.completedFuture(Outcome.done(Nothing.NOTHING));
            });
        }
        assertEquals(
                List.of(
                        new ReportGreyFailure(STAMP, "a", GreyFailure.UNKILLABLE, true, "process 7 in state D"),
                        new ReportGreyFailure(
                                STAMP, "a", GreyFailure.UNKILLABLE, false, "the guard has seen them end")),
                told);
    }
}
