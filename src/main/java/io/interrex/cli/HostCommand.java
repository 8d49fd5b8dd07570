package io.interrex.cli;

import io.interrex.config.ConfigProblems;
import io.interrex.config.NodeConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What all commands have in common that work on the host of one node, by its configuration file and without asking it. */
abstract class HostCommand implements Callable<Integer> {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "the file (default: $INTERREX_CONFIG, else /etc/interrex/interrex.conf)")
    private @Nullable Path config;

    @Option(names = "--name", required = true, paramLabel = "NODE", description = "which of its nodes this host has")
    private String name = "";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    String name() {
        return name;
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** What the file says of that node. */
    NodeConfig node() throws Failure {
        try {
            return NodeConfig.of(Connection.load(Connection.configFile(config)), name);
        } catch (ConfigProblems e) {
            throw new Failure(Exit.USAGE, e.report());
        }
    }
}
