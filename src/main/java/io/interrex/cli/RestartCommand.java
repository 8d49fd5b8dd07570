package io.interrex.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.interrex.cluster.group.Restart;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Restarts servers in a safe order. */
@Command(
        name = "restart",
        mixinStandardHelpOptions = true,
        description =
                "Restarts PostgreSQL on one member, or on all: one after the other, standbys first. Each leaves the synchronous set "
                        + "before, and is in it again before the next is stopped. A restarted member takes over before the primary goes down, "
                        + "which is the last. So settings that wait for a restart take effect, and a new minor version of PostgreSQL. "
                        + "Refused where commits would have too few copies meanwhile, and while anything else is done or the group is paused.")
final class RestartCommand extends OrderCommand {

    @Option(names = "--member", paramLabel = "MEMBER", description = "that member only")
    private @Nullable String member;

    @Option(names = "--all", description = "all members whose servers run")
    private boolean all;

    @Option(
            names = "--pending",
            description =
                    "only where a setting waits for a restart (status shows which); alone it means of all members")
    private boolean pending;

    @Option(
            names = "--in-place",
            description =
                    "the primary, too, goes down and comes back, as the primary: clients are cut and wait for it; transactions through PgBouncer wait and do not fail")
    private boolean inPlace;

    @Option(
            names = "--lose-slots",
            description =
                    "logical slots may lose their positions: the new primary makes them anew, and consumers need their data copied anew, unless they had all of it")
    private boolean loseSlots;

    @Option(names = "--no-wait", description = "return when the order is recorded, not when it is carried out")
    private boolean noWait;

    @Override
    public Integer call() throws Failure {
        String named = member;
        if (named != null && all || named == null && !all && !pending) {
            throw new Failure(Exit.USAGE, "name one --member, or write --all or --pending. Nothing was ordered.");
        }
        ObjectNode body = body().put("pending", pending).put("inPlace", inPlace);
        if (loseSlots) {
            body.put("loseSlots", true);
        }
        if (named == null) {
            body.put("all", true);
        } else {
            body.put("target", named);
        }
        ApiClient client = connection.client();
        JsonNode accepted = send(client, "/v1/restart", body);
        return noWait ? Exit.OK.code() : awaitEnd(client, accepted);
    }

    /** It ends by itself where a member does not come back; there are not so many of them. */
    @Override
    Duration endsWithin() {
        return Duration.ofMillis(20 * Restart.PATIENCE_MS);
    }
}
