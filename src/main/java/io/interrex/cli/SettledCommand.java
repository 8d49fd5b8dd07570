package io.interrex.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.interrex.cluster.settings.Quantity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Asks every node whether another may be restarted: between two nodes of a rolling upgrade. */
@Command(
        name = "settled",
        mixinStandardHelpOptions = true,
        description = {
            "Asks every node whether it is settled: ready, its voter grants again after its start, it is connected to all others, and its"
                    + " members serve or stream.",
            "Only then the next node of a rolling restart or upgrade is restarted. A node that does not answer is not settled."
        })
final class SettledCommand extends ApiCommand {

    private static final Duration LOOK_EVERY = Duration.ofMillis(250);

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            description = "look again until all are settled, for at most so long, as 90s or 2m (default: look once)")
    private @Nullable String limit;

    /** @param why as the node says it, or why it does not answer */
    private record Answer(Endpoint node, boolean settled, String why) {}

    @Override
    public Integer call() throws Failure {
        long endNs = System.nanoTime() + limit().toNanos();
        ApiClient client = connection.client();
        List<Answer> answers = ask(client);
        while (!answers.stream().allMatch(Answer::settled) && System.nanoTime() - endNs < 0) {
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
            answers = ask(client);
        }
        print(answers.stream().map(this::line).toList());
        return answers.stream().allMatch(Answer::settled) ? Exit.OK.code() : Exit.REFUSED.code();
    }

    private String line(Answer answer) {
        return connection.json
                ? new ObjectMapper()
                        .createObjectNode()
                        .put("node", answer.node().name())
                        .put("settled", answer.settled())
                        .put("why", answer.why())
                        .toString()
                : answer.node() + ": " + answer.why();
    }

    private Duration limit() throws Failure {
        String given = limit;
        Optional<Duration> parsed = given == null ? Optional.of(Duration.ZERO) : Quantity.duration(given);
        return parsed.orElseThrow(
                () -> new Failure(Exit.USAGE, "--wait " + given + " is not a duration with a unit: write 90s or 2m"));
    }

    private static List<Answer> ask(ApiClient client) throws Failure {
        var answers = new ArrayList<Answer>();
        for (Endpoint node : client.endpoints()) {
            answers.add(client.look(node, "/settled")
                    .map(reply -> new Answer(
                            node,
                            reply.status() == 200,
                            reply.body().path("why").asText()))
                    .orElseGet(() -> new Answer(node, false, "does not answer")));
        }
        return answers;
    }
}
