package io.interrex.postgresql;

import java.io.IOException;

/** Starts PostgreSQL's tools; a caller that runs as root hands them to an unprivileged user, as PostgreSQL demands. */
@FunctionalInterface
public interface ProcessLauncher {

    /** As the user of this process. */
    ProcessLauncher DIRECT = ProcessBuilder::start;

    Process start(ProcessBuilder builder) throws IOException;
}
