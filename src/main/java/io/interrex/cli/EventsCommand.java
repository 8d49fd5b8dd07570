package io.interrex.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints decisions, one line each. */
@Command(
        name = "events",
        mixinStandardHelpOptions = true,
        description = "Prints decisions, refusals included, one line each: time, epoch, rule, what happened.")
final class EventsCommand extends ApiCommand {

    private static final int PAGE = 500;

    @Option(names = "--follow", description = "go on with new ones until Ctrl-C, through losses of nodes")
    private boolean follow;

    @Option(names = "--export", description = "the whole log as JSON, one event per line with its envelope and hashes")
    private boolean export;

    @Option(names = "--from", paramLabel = "VERSION", description = "first version to print (default: the last 50)")
    private @Nullable Long from;

    @Option(names = "--last", paramLabel = "N", defaultValue = "50", description = "how many of the last to print")
    private long last = 50;

    @Override
    public Integer call() throws Failure {
        Long given = from;
        if ((given != null && given < 1) || last < 0) {
            throw new Failure(Exit.USAGE, "versions begin with 1: correct --from or --last");
        }
        ApiClient client = connection.client();
        long start = given != null ? given : export ? 1 : recent(client);
        if (follow) {
            new EventFollower(client, connection, start, note -> err().println("interrex: " + note))
                    .follow(
                            event -> {
                                show(event);
                                return false;
                            },
                            Duration.ZERO);
        } else {
            pages(client, start);
        }
        return Exit.OK.code();
    }

    private long recent(ApiClient client) throws Failure {
        long version =
                get(client, connection.path("/v1/status")).at("/group/version").asLong();
        return Math.max(1, version - last + 1);
    }

    private void pages(ApiClient client, long start) throws Failure {
        long next = start;
        while (true) {
            JsonNode page = get(client, connection.path("/v1/events", "from=" + next, "limit=" + PAGE));
            page.path("events").forEach(this::show);
            if (page.path("events").size() < PAGE) {
                return;
            }
            next = page.path("next").asLong();
        }
    }

    private void show(JsonNode event) {
        print(List.of(connection.json || export ? event.toString() : EventLines.line(event)));
    }
}
