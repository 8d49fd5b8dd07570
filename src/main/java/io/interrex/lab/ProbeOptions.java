package io.interrex.lab;

import java.time.Duration;
import picocli.CommandLine.Option;

/** The options that both probes take. */
final class ProbeOptions {
    @Option(names = "--database", defaultValue = "postgres", description = "Default: ${DEFAULT-VALUE}.")
    private String database = "";

    @Option(names = "--user", defaultValue = "postgres", description = "Default: ${DEFAULT-VALUE}.")
    private String user = "";

    @Option(
            names = "--password-env",
            defaultValue = "PGPASSWORD",
            description = "Environment variable that holds the password. Default: ${DEFAULT-VALUE}.")
    private String passwordEnv = "";

    @Option(
            names = "--run",
            defaultValue = "run",
            description = "Names the rows of this run. Default: ${DEFAULT-VALUE}.")
    private String run = "";

    @Option(names = "--every-ms", description = "Between two writes.")
    private long everyMs;

    @Option(names = "--fresh-every-ms", description = "Between two new connections.")
    private long freshEveryMs;

    @Option(names = "--connect-max-ms", description = "Until a connection attempt counts as failed.")
    private long connectMaxMs;

    @Option(names = "--answer-max-ms", description = "Until a write counts as failed.")
    private long answerMaxMs;

    @Option(names = "--local-commit", description = "Do not wait for standbys.")
    private boolean localCommit;

    String run() {
        return run;
    }

    /** What was not given stays as in {@code base}. */
    ProbeSettings over(ProbeSettings base) {
        return new ProbeSettings(
                base.run(),
                orElse(everyMs, base.writeEvery()),
                orElse(freshEveryMs, base.freshEvery()),
                orElse(connectMaxMs, base.connectMax()),
                orElse(answerMaxMs, base.answerMax()),
                base.sessionsMax(),
                localCommit);
    }

    /** @param address host and port, as in 10.0.0.1:5432 or [::1]:5432 */
    ProbeTarget target(String address) {
        int colon = address.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("'%s' is no HOST:PORT".formatted(address));
        }
        String host = address.substring(0, colon).replaceAll("^\\[|]$", "");
        String password = System.getenv().getOrDefault(passwordEnv, "");
        return new ProbeTarget(host, Integer.parseInt(address.substring(colon + 1)), database, user, password);
    }

    private static Duration orElse(long ms, Duration base) {
        return ms == 0 ? base : Duration.ofMillis(ms);
    }
}
