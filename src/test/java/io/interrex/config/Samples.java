package io.interrex.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Configurations for tests, and what reading them says. */
public final class Samples {

    /** Three nodes on loopback addresses, one group. */
    static final String SOUND = """
            cluster.name = trial
            profile = fast
            nodes {
              a { host = 127.0.0.11, zone = z1 }
              b { host = 127.0.0.12, zone = z2 }
              c { host = 127.0.0.13, zone = z3 }
              app { host = 127.0.0.14, edge = true }
            }
            groups {
              main {
                members {
                  a { data = "/tmp/none/{node}/pg" }
                  b { data = "/tmp/none/{node}/pg" }
                  c { data = "/tmp/none/{node}/pg", priority = 5 }
                }
                postgres {
                  parameters { shared_buffers = 64MB }
                }
              }
            }
            routers {
              haproxy { group = main, nodes = [app] }
            }
            notify {
              commands {
                pager { run = [/usr/bin/logger, -t, interrex] }
              }
            }
            directories {
              state = "/tmp/none/{node}/state"
            }
            """;

    /** Every kind of value that there is, in every block that there is. */
    static final String FULL = SOUND + """
            fencing { watchdog = /dev/watchdog, watchdog-timeout = 1 s }
            timings { renew-every = 150 ms, lease-for = 1.2 s, closing-max = 170 ms }
            nodes.a.ports { hands = 7411, log = 7412, brain = 7413, http = 7414 }
            groups.main {
              synchronous = true, k = 1, strict = true, on-last-standby-loss = wait, max-lag = 1 MiB
              read.max-lag = 2 kB
              failover { expires-after = 20 s, restarts-max = 0, restart-window = 1 m, failovers-max = 2, failover-window = 1 h }
              members.a { port = 5433, nosync = false, noloadbalance = false, nofailover = true, priority = -3 }
              postgres { bin = /usr/bin, database = shop, user = shop }
            }
            routers.haproxy { bind = 127.0.0.1, write-port = 5010, read-port = 5011, bin = auto }
            notify.commands.pager { from = critical, timeout = 5 s }
            directories { run = "/tmp/none/{node}/run", secrets = "/tmp/none/s", log = "/tmp/none/l" }
            gate.kernel = off
            security.insecure = true
            """;

    private Samples() {}

    static Path write(Path directory, String text) throws IOException {
        return Files.writeString(directory.resolve("interrex.conf"), text);
    }

    public static ClusterConfig sound(Path directory) throws IOException, ConfigProblems {
        return sound(directory, "");
    }

    /** @param more lines that are added to it */
    public static ClusterConfig sound(Path directory, String more) throws IOException, ConfigProblems {
        return ConfigFile.load(write(directory, SOUND + more));
    }

    /** The lines of all problems, with the directory taken out. */
    static List<String> problems(Path directory, String text) throws IOException {
        Path file = write(directory, text);
        try {
            ConfigFile.load(file);
            return List.of();
        } catch (ConfigProblems e) {
            return e.problems().stream()
                    .map(problem -> problem.line().replace(directory + "/", ""))
                    .toList();
        }
    }
}
