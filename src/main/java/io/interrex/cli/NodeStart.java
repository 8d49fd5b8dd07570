package io.interrex.cli;

import io.interrex.config.ConfigProblems;
import io.interrex.config.Installation;
import io.interrex.config.NodeConfig;
import io.interrex.node.NodeRunner;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Starts a node, once its configuration and its host are found fit. Reads the plain form of its command line itself: what a
 * service manager calls is always that, and to load picocli would take a fifth of the time until the first lease round.
 *
 * @param config null: the usual one
 * @param name which of the nodes this is
 */
record NodeStart(@Nullable Path config, String name) {

    /** {@code node --config FILE --name NODE}, in either order; empty for anything else, which picocli explains. */
    static Optional<NodeStart> plain(String... arguments) {
        if (arguments.length != 5 || !Cli.isNode(arguments)) {
            return Optional.empty();
        }
        if (arguments[1].equals("--config") && arguments[3].equals("--name")) {
            return of(arguments[2], arguments[4]);
        }
        return arguments[1].equals("--name") && arguments[3].equals("--config")
                ? of(arguments[4], arguments[2])
                : Optional.empty();
    }

    private static Optional<NodeStart> of(String config, String name) {
        boolean values = !config.isEmpty() && !config.startsWith("-") && !name.isEmpty() && !name.startsWith("-");
        return values ? Optional.of(new NodeStart(Path.of(config), name)) : Optional.empty();
    }

    /** Returns when the node has ended; the value is the exit code. */
    int run(NodeRunner runner, PrintWriter err) throws Exception {
        var cluster = Connection.load(Connection.configFile(config));
        try {
            NodeConfig node = NodeConfig.of(cluster, name);
            Installation host = Installation.examine(node);
            Stream.concat(cluster.warnings().stream(), host.warnings().stream())
                    .forEach(warning -> err.println("interrex: WARNING " + warning.line()));
            err.flush();
            return runner.run(node, host);
        } catch (ConfigProblems e) {
            throw new Failure(Exit.USAGE, e.report());
        }
    }
}
