package io.interrex.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Ends a pause. */
@Command(name = "resume", mixinStandardHelpOptions = true, description = "Ends a pause: Interrex acts by itself again.")
final class ResumeCommand extends OrderCommand {

    @Option(names = "--reason", paramLabel = "TEXT", description = "why; it is kept in the log")
    private @Nullable String reason;

    @Override
    public Integer call() throws Failure {
        var body = body();
        if (reason != null) {
            body.put("reason", reason);
        }
        send(connection.client(), "/v1/resume", body);
        return Exit.OK.code();
    }
}
