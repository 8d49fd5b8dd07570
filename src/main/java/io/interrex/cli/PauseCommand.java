package io.interrex.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Leaves the starting of failovers to people. */
@Command(
        name = "pause",
        mixinStandardHelpOptions = true,
        description =
                "From now on only people start failovers. Leases, gates, the restart of a crashed primary, the synchronous set, routes and rebuilds go on.")
final class PauseCommand extends OrderCommand {

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "why; it is kept in the log")
    private String reason = "";

    @Option(
            names = "--for",
            paramLabel = "TIME",
            description = "how long, with a unit: 30m, 2h; it ends by itself then (default: until resumed)")
    private @Nullable String length;

    @Override
    public Integer call() throws Failure {
        ObjectNode body = body().put("reason", reason);
        if (length != null) {
            body.put("for", length);
        }
        send(connection.client(), "/v1/pause", body);
        return Exit.OK.code();
    }
}
