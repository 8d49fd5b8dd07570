package io.interrex.actors.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupCommand.ReportVotersLost;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Given two reports of a time without a majority; the log is tried every 200 ms. */
final class LateReportsTest {

    private static final long MS = 1_000_000;
    private static final GroupCommand FIRST = new ReportVotersLost(new Stamp("a", 1), 1, 700);
    private static final GroupCommand SECOND = new ReportVotersLost(new Stamp("a", 2), 1, 900);

    private final LateReports reports = new LateReports(200 * MS);
    private final List<GroupCommand> told = new ArrayList<>();

    private void tick(long atMs, Outcome<Object> answer) {
        tick(atMs, CompletableFuture.completedFuture(answer));
    }

    private void tick(long atMs, CompletionStage<Outcome<Object>> answer) {
        reports.tick(atMs * MS, command -> {
            told.add(command);
            return answer;
        });
    }

    @Test
    @DisplayName("they are told again until the log answers, one after the other, and then no more")
    void untilTheLogAnswers() {
        reports.add(FIRST);
        reports.add(SECOND);
        tick(1_000, Outcome.unknown("the log did not answer"));
        tick(1_100, Outcome.done(Nothing.NOTHING));
        assertEquals(List.of(FIRST), told);
        tick(1_200, Outcome.done(Nothing.NOTHING));
        tick(1_400, Outcome.refused("recorded already"));
        tick(1_600, Outcome.done(Nothing.NOTHING));
        assertEquals(List.of(FIRST, FIRST, SECOND), told);
    }

    @Test
    @DisplayName("one at a time: while the log has not answered nothing else is told")
    void oneAtATime() {
        var answer = new CompletableFuture<Outcome<Object>>();
        reports.add(FIRST);
        tick(1_000, answer);
        tick(9_000, answer);
        assertEquals(1, told.size());
        answer.complete(Outcome.unknown("it was cut"));
        tick(9_200, answer);
        assertEquals(2, told.size());
    }
}
