package io.interrex.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Replaces a primary that does not answer, or that shall go at once. */
@Command(
        name = "failover",
        mixinStandardHelpOptions = true,
        description = "Replaces the primary now, well or not. Leases and revocation hold as always: what could lose an "
                + "acknowledged commit is refused. For a healthy primary use switchover.")
final class FailoverCommand extends OrderCommand {

    @Option(names = "--to", paramLabel = "MEMBER", description = "the member (default: the best candidate)")
    private @Nullable String to;

    @Option(names = "--yes", description = "confirms; without it nothing is ordered")
    private boolean yes;

    @Option(names = "--no-wait", description = "return when the order is recorded, not when it is carried out")
    private boolean noWait;

    @Override
    public Integer call() throws Failure {
        ApiClient client = connection.client();
        JsonNode group = get(client, connection.path("/v1/status")).path("group");
        String name = group.path("group").asText();
        if (!yes) {
            throw new Failure(
                    Exit.USAGE,
                    "this would replace " + group.path("primary").asText("nobody") + ", the primary of group " + name
                            + (group.path("writable").asBoolean() ? ", which is writable now" : "")
                            + ", and cut its clients. Nothing was ordered. Repeat with --yes, or use switchover.");
        }
        ObjectNode body = body().put("confirm", name);
        if (to != null) {
            body.put("target", to);
        }
        JsonNode accepted = send(client, "/v1/failover", body);
        return noWait ? Exit.OK.code() : awaitEnd(client, accepted);
    }

    /** Whoever is safest is promoted: another than the one that was named, where that one may not be. */
    @Override
    End endsBy(JsonNode event) {
        if (!event.path("kind").asText().equals("PrimaryEstablished")) {
            return End.NOT_YET;
        }
        String member = event.path("member").asText();
        if (to == null || to.equals(member)) {
            return End.AS_ORDERED;
        }
        err().println("interrex: " + member + " was promoted, not " + to
                + ": PROMOTION_AUTHORIZED above says why; 'interrex switchover --to " + to
                + "' moves on once it streams");
        return End.OTHERWISE;
    }
}
