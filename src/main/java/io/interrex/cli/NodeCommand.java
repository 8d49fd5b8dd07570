package io.interrex.cli;

import io.interrex.node.NodeRunner;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Explains the command line of a node, and reads it where it is not the plain one. */
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
        return new NodeStart(config, name).run(runner, spec.commandLine().getErr());
    }
}
