package io.interrex.cli;

import io.interrex.config.ConfigProblems;
import io.interrex.config.Installation;
import io.interrex.config.NodeConfig;
import io.interrex.node.NodeRunner;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Starts a node, once its configuration and its host are found fit. */
@Command(
        name = "node",
        mixinStandardHelpOptions = true,
        description = "Runs one node until it is told to stop (SIGTERM).")
final class NodeCommand implements Callable<Integer> {

    private final NodeRunner runner;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "the file, the same on all nodes (default: "
                    + "$INTERREX_CONFIG, else /etc/interrex/interrex.conf)")
    private @Nullable Path config;

    @Option(names = "--name", required = true, paramLabel = "NODE", description = "which of its nodes this is")
    private String name = "";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    NodeCommand(NodeRunner runner) {
        this.runner = runner;
    }

    @Override
    public Integer call() throws Exception {
        var cluster = Connection.load(Connection.configFile(config));
        NodeConfig node;
        Installation host;
        try {
            node = NodeConfig.of(cluster, name);
            host = Installation.examine(node);
        } catch (ConfigProblems e) {
            throw new Failure(Exit.USAGE, e.report());
        }
        Stream.concat(cluster.warnings().stream(), host.warnings().stream())
                .forEach(warning -> spec.commandLine().getErr().println("interrex: WARNING " + warning.line()));
        spec.commandLine().getErr().flush();
        try {
            return runner.run(node, host);
        } catch (ConfigProblems e) {
            throw new Failure(Exit.USAGE, e.report());
        }
    }
}
