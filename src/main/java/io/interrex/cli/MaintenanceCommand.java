package io.interrex.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes a member out of service for a time. */
@Command(
        name = "maintenance",
        mixinStandardHelpOptions = true,
        description =
                "Leaves a standby alone for a time, so that a person can work on it. Commits stop waiting for it, it is not promoted and "
                        + "takes no reads; its server is neither started, restarted, rewound nor copied, and nobody is told that it is down. "
                        + "Its slot keeps WAL for it as ever. Refused for the primary (switch over first), and where commits would wait for fewer standbys "
                        + "than configured. It ends at its time, or with --end; the member comes back as after any absence.")
final class MaintenanceCommand extends OrderCommand {

    @Parameters(paramLabel = "MEMBER", description = "the standby")
    private String member = "";

    @Option(
            names = "--for",
            paramLabel = "TIME",
            description = "how long at most, with a unit: 30m, 2h; ordered again, the later order holds")
    private @Nullable String length;

    @Option(names = "--reason", paramLabel = "TEXT", description = "why; it is kept in the log")
    private @Nullable String reason;

    @Option(names = "--end", description = "it is over now")
    private boolean end;

    @Override
    public Integer call() throws Failure {
        String given = length;
        String why = reason;
        ObjectNode body = body().put("target", member);
        if (end && (given != null || why != null)) {
            throw new Failure(Exit.USAGE, "--end stands alone. Nothing was ordered.");
        }
        if (end) {
            body.put("end", true);
        } else if (given == null || why == null) {
            throw new Failure(Exit.USAGE, "say how long and why: --for 2h --reason TEXT. Nothing was ordered.");
        } else {
            body.put("for", given).put("reason", why);
        }
        send(connection.client(), "/v1/maintenance", body);
        return Exit.OK.code();
    }
}
