package io.interrex.postgresql;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the tools that a killed node left writing into this member's directories, before anything else writes there. They are
 * known by what they were told to write into (/proc/PID/cmdline), which also the process has that pg_basebackup forks to
 * stream WAL; a note of their process ids would miss one that was started and not yet noted. Decision 21.
 */
final class StrayTools {

    private static final Logger LOG = LoggerFactory.getLogger(StrayTools.class);
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);

    private final PostgresSettings settings;

    StrayTools(PostgresSettings settings) {
        this.settings = settings;
    }

    /** Refused where one is left after the limit: two never write into one directory. */
    void end() throws Trouble {
        if (found().isEmpty()) {
            return;
        }
        boolean none = Deadline.in(settings.limits().kill()).await(LOOK_EVERY, () -> {
            for (ProcessHandle tool : found()) {
                LOG.warn(
                        "member {}: process {}, which an earlier attempt left writing into {}, is ended",
                        settings.member(),
                        tool.pid(),
                        settings.home());
                tool.destroyForcibly();
            }
            return found().isEmpty();
        });
        if (!none) {
            throw Trouble.refused("an earlier attempt's tool (process "
                    + found().stream().map(tool -> Long.toString(tool.pid())).toList()
                    + ") still writes into " + settings.home() + " and does not end: kill it, or restart the host");
        }
    }

    private List<ProcessHandle> found() {
        return ProcessHandle.allProcesses().filter(this::writesHere).toList();
    }

    private boolean writesHere(ProcessHandle process) {
        try {
            Path proc = Path.of("/proc", Long.toString(process.pid()));
            String[] argv = new String(Files.readAllBytes(proc.resolve("cmdline")), StandardCharsets.UTF_8).split("\0");
            for (int i = 0; i < argv.length; i++) {
                boolean single = argv[i].equals("-D") && i + 1 < argv.length && isStaging(argv[i + 1]);
                if (single || isOurs(argv[i])) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            // it has ended, or is hidden from us, as nothing is that we started
            return false;
        }
    }

    private boolean isOurs(String argument) {
        String copy = "--pgdata=";
        String rewind = "--target-pgdata=";
        return argument.startsWith(copy) && isStaging(argument.substring(copy.length()))
                || argument.startsWith(rewind)
                        && argument.substring(rewind.length())
                                .equals(settings.data().toString());
    }

    private boolean isStaging(String path) {
        return path.equals(settings.staging().toString());
    }
}
