package io.interrex.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Leaves the starting of failovers to people. */
@Command(
        name = "pause",
        mixinStandardHelpOptions = true,
        description =
                "From now on only people start failovers. Leases, gates and the restart of a crashed primary go on.")
final class PauseCommand extends OrderCommand {

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "why; it is kept in the log")
    private String reason = "";

    @Override
    public Integer call() throws Failure {
        send(connection.client(), "/v1/pause", body().put("reason", reason));
        return Exit.OK.code();
    }
}
