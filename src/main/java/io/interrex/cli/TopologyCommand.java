package io.interrex.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import picocli.CommandLine.Command;

/** Shows who follows whom. */
@Command(
        name = "topology",
        mixinStandardHelpOptions = true,
        description = "Shows who follows whom, and where routers send clients.")
final class TopologyCommand extends ApiCommand {

    @Override
    public Integer call() throws Failure {
        JsonNode topology = get(connection.client(), connection.path("/v1/topology"));
        print(connection.json ? List.of(topology.toString()) : StatusText.topology(topology));
        return Exit.OK.code();
    }
}
