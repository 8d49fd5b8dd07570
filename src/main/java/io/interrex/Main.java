package io.interrex;

import io.interrex.cli.Cli;
import io.interrex.node.Node;
import io.interrex.node.NodeRunner;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The program {@code interrex}. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(Cli.run(arguments, runner(arguments), out, err));
    }

    /** Loads the classes of a node only when one is started, because other commands have to be quick; and then at once. */
    private static NodeRunner runner(String... arguments) {
        return Cli.isNode(arguments) ? Node.begin() : (config, host) -> new Node().run(config, host);
    }
}
