package io.interrex.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import picocli.CommandLine.Command;

/** Shows a group as one node sees it. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Shows the group: alarms first, then who is primary, leases, gates, lag, voters, log and routes.")
final class StatusCommand extends ApiCommand {

    @Override
    public Integer call() throws Failure {
        JsonNode status = get(connection.client(), connection.path("/v1/status"));
        print(connection.json ? List.of(status.toString()) : StatusText.status(status));
        return Exit.OK.code();
    }
}
