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

    private Samples() {}

    static Path write(Path directory, String text) throws IOException {
        return Files.writeString(directory.resolve("interrex.conf"), text);
    }

    public static ClusterConfig sound(Path directory) throws IOException, ConfigProblems {
        return ConfigFile.load(write(directory, SOUND));
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
