package io.interrex.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Gives the emptied disk of a voter its seat back. */
@Command(
        name = "readmit",
        mixinStandardHelpOptions = true,
        description =
                "Gives a voter its seat back whose disk was emptied or replaced, while the group runs. Start its node with nothing in its "
                        + "directories first: its member is cloned, and the voter stays out until this order. What the old disk granted "
                        + "counts no more, also should it come back. Refused where a majority of the voters, without that one, does not answer.")
final class VoterReadmitCommand extends OrderCommand {

    @Option(names = "--voter", required = true, paramLabel = "VOTER", description = "the voter")
    private String voter = "";

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "why; it is kept in the log")
    private String reason = "";

    @Option(names = "--yes", description = "confirms; without it nothing is ordered")
    private boolean yes;

    @Option(names = "--no-wait", description = "return when the order is recorded, not when it is carried out")
    private boolean noWait;

    @Override
    public Integer call() throws Failure {
        if (!yes) {
            throw new Failure(
                    Exit.USAGE,
                    "this would give up what the old disk of voter " + voter
                            + " granted. Nothing was ordered. Repeat with --yes.");
        }
        ApiClient client = connection.client();
        JsonNode accepted = send(
                client,
                "/v1/readmit",
                body().put("target", voter).put("confirm", voter).put("reason", reason));
        return noWait ? Exit.OK.code() : awaitEnd(client, accepted);
    }

    @Override
    Duration endsWithin() {
        return Duration.ofMinutes(5);
    }
}
