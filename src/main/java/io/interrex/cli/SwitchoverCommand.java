package io.interrex.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Moves a healthy primary to another member. */
@Command(
        name = "switchover",
        mixinStandardHelpOptions = true,
        description =
                "Makes another member primary while the old one is well. Nothing is lost; writes stop for a moment.")
final class SwitchoverCommand extends OrderCommand {

    @Option(names = "--to", paramLabel = "MEMBER", description = "the member (default: the best standby)")
    private @Nullable String to;

    @Option(names = "--no-wait", description = "return when the order is recorded, not when it is carried out")
    private boolean noWait;

    @Override
    public Integer call() throws Failure {
        ApiClient client = connection.client();
        ObjectNode body = body();
        if (to != null) {
            body.put("target", to);
        }
        JsonNode accepted = send(client, "/v1/switchover", body);
        return noWait ? Exit.OK.code() : awaitEnd(client, accepted);
    }
}
