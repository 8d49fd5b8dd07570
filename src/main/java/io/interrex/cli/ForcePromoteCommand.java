package io.interrex.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Promotes a member where a failover is held, and accepts what is lost. */
@Command(
        name = "force-promote",
        mixinStandardHelpOptions = true,
        description =
                "Promotes a member where a failover is held because too few standbys answer and will never come back. "
                        + "ACKNOWLEDGED COMMITS MAY BE LOST; what is known of the loss is told and recorded, with who forced it and why. "
                        + "It skips the count of revoked standbys and nothing else: lease, lineage and barrier hold as ever. "
                        + "Members that do not answer are cloned anew when they come back. Look at status first, and try --dry-run.")
final class ForcePromoteCommand extends OrderCommand {

    @Option(names = "--to", paramLabel = "MEMBER", required = true, description = "the member")
    private String to = "";

    @Option(
            names = "--epoch",
            paramLabel = "N",
            required = true,
            description = "the current epoch, as status tells it; refused if it has changed since")
    private long epoch;

    @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "why; kept in the log")
    private String reason = "";

    @Option(names = "--dry-run", description = "say what would be decided and lost, and order nothing")
    private boolean dryRun;

    @Option(names = "--no-wait", description = "return when the order is recorded, not when it is carried out")
    private boolean noWait;

    @Override
    public Integer call() throws Failure {
        String typed = named(connection.group);
        ApiClient client = connection.client();
        // where there is only one group it is asked whatever was typed: it compares that itself, and records a wrong
        // name
        ApiClient.Reply only = client.get("/v1/status");
        connection.group = only.status() == 200 ? only.body().at("/group/group").asText(typed) : typed;
        ObjectNode body = body().put("target", to)
                .put("confirm", typed)
                .put("epoch", epoch)
                .put("reason", reason)
                .put("dryRun", dryRun);
        if (dryRun) {
            return foresee(client, body);
        }
        JsonNode accepted = send(client, "/v1/force-promote", body);
        return noWait ? Exit.OK.code() : awaitEnd(client, accepted);
    }

    private static String named(@Nullable String group) throws Failure {
        if (group == null) {
            throw new Failure(
                    Exit.USAGE, "--group has to be typed, also where there is only one. Nothing was ordered.");
        }
        return group;
    }

    private Integer foresee(ApiClient client, ObjectNode body) throws Failure {
        ApiClient.Reply reply = client.post(connection.path("/v1/force-promote"), body.toString());
        if (reply.status() != 200) {
            throw Problems.failure(reply);
        }
        print(List.of(
                connection.json
                        ? reply.body().toString()
                        : "dry run, nothing was ordered: "
                                + reply.body().path("why").asText()));
        return Exit.OK.code();
    }
}
