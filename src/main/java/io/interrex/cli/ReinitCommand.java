package io.interrex.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Copies a standby anew. */
@Command(
        name = "reinit",
        mixinStandardHelpOptions = true,
        description =
                "Throws the data of a standby away and copies them anew from the primary. It leaves the synchronous set first; "
                        + "the old data are kept aside until the copy is whole. Refused where commits would have too few copies meanwhile.")
final class ReinitCommand extends OrderCommand {

    @Option(names = "--member", required = true, paramLabel = "MEMBER", description = "the standby")
    private String member = "";

    @Option(names = "--yes", description = "confirms; without it nothing is ordered")
    private boolean yes;

    @Option(names = "--no-wait", description = "return when the order is recorded, not when it is carried out")
    private boolean noWait;

    @Override
    public Integer call() throws Failure {
        if (!yes) {
            throw new Failure(
                    Exit.USAGE,
                    "this would throw away the data of " + member + ". Nothing was ordered. Repeat with --yes.");
        }
        ApiClient client = connection.client();
        JsonNode accepted =
                send(client, "/v1/reinit", body().put("target", member).put("confirm", member));
        return noWait ? Exit.OK.code() : awaitEnd(client, accepted);
    }

    /** A copy of a large database takes hours. */
    @Override
    Duration endsWithin() {
        return Duration.ofDays(2);
    }
}
