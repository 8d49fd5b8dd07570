package io.interrex.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Moves a healthy primary to another member. */
@Command(
        name = "switchover",
        mixinStandardHelpOptions = true,
        description =
                "Makes another member primary while the old one is well. Nothing is lost; writes stop for a moment. "
                        + "Now, or --at a time: then it is kept in the log, shown by status, and begins by itself, whichever nodes live.")
final class SwitchoverCommand extends OrderCommand {

    @Option(names = "--to", paramLabel = "MEMBER", description = "the member (default: the best standby)")
    private @Nullable String to;

    @Option(
            names = "--from",
            paramLabel = "MEMBER",
            description = "only where this member is the primary now; else nothing is ordered, and the exit code is 0: "
                    + "for what stops a host or a container")
    private @Nullable String from;

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "later: an ISO time with its zone, 2026-11-30T03:00:00Z or ...+01:00, at most 30 days ahead")
    private @Nullable String at;

    @Option(
            names = "--within",
            paramLabel = "LENGTH",
            description = "how long after --at it may still begin where something is in the way: 10m, 2h (default: 5m)")
    private @Nullable String within;

    @Option(names = "--cancel", description = "forget the switchover that is scheduled")
    private boolean cancel;

    @Option(
            names = "--lose-slots",
            description =
                    "logical slots may lose their positions: the new primary makes them anew, and consumers need their data copied anew, unless they had all of it")
    private boolean loseSlots;

    @Option(names = "--no-wait", description = "return when the order is recorded, not when it is carried out")
    private boolean noWait;

    @Override
    public Integer call() throws Failure {
        if (cancel && (to != null || at != null) || within != null && at == null) {
            throw new Failure(Exit.USAGE, "--cancel stands alone, and --within belongs to --at. Nothing was ordered.");
        }
        if (from != null && (at != null || cancel)) {
            throw new Failure(Exit.USAGE, "--from is for a switchover now. Nothing was ordered.");
        }
        ApiClient client = connection.client();
        if (from != null && !isPrimary(client, from)) {
            return Exit.OK.code();
        }
        ObjectNode body = body();
        if (to != null) {
            body.put("target", to);
        }
        if (at != null) {
            body.put("at", at);
        }
        if (within != null) {
            body.put("within", within);
        }
        if (loseSlots) {
            body.put("loseSlots", true);
        }
        if (cancel) {
            body.put("cancel", true);
        }
        JsonNode accepted = send(client, "/v1/switchover", body);
        return noWait || at != null || cancel ? Exit.OK.code() : awaitEnd(client, accepted);
    }

    private boolean isPrimary(ApiClient client, String member) throws Failure {
        JsonNode topology = get(client, connection.path("/v1/topology"));
        String primary = topology.path("primary").asText();
        if (!primary.equals(member) && !connection.json) {
            print(List.of("nothing was ordered: " + (primary.isEmpty() ? "nobody" : primary) + " is the primary, not "
                    + member));
        }
        return primary.equals(member);
    }
}
