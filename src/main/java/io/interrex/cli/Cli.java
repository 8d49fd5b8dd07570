package io.interrex.cli;

import io.interrex.node.NodeRunner;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code interrex} with its subcommands. */
@Command(
        name = "interrex",
        mixinStandardHelpOptions = true,
        description = "Keeps a PostgreSQL group writable, and explains every decision.",
        subcommands = {
            StatusCommand.class,
            TopologyCommand.class,
            SettledCommand.class,
            EventsCommand.class,
            SwitchoverCommand.class,
            FailoverCommand.class,
            ReinitCommand.class,
            RestartCommand.class,
            MaintenanceCommand.class,
            ForcePromoteCommand.class,
            PauseCommand.class,
            ResumeCommand.class,
            ConfigCommand.class,
            GateCommand.class,
            RecoverCommand.class,
            AdoptCommand.class,
            SecretsCommand.class,
            ReloadCommand.class,
            VoterCommand.class
        })
public final class Cli implements Runnable {

    /** The same without what a node does not need: to make ten commands takes as long as to read the configuration. */
    @Command(name = "interrex", mixinStandardHelpOptions = true)
    private static final class OnlyNode {}

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Runs one command line; the value is the exit code. */
    public static int run(String[] arguments, NodeRunner runner, PrintWriter out, PrintWriter err) {
        Optional<NodeStart> node = NodeStart.plain(arguments);
        return node.isPresent() ? start(node.get(), runner, err) : explained(arguments, runner, out, err);
    }

    private static int start(NodeStart node, NodeRunner runner, PrintWriter err) {
        try {
            return node.run(runner, err);
        } catch (Failure known) {
            return failed(known, err);
        } catch (Exception e) {
            unexpected(err);
            e.printStackTrace(err);
            return Exit.INTERNAL.code();
        }
    }

    private static int explained(String[] arguments, NodeRunner runner, PrintWriter out, PrintWriter err) {
        var command = new CommandLine(isNode(arguments) ? new OnlyNode() : new Cli())
                .addSubcommand(new NodeCommand(runner))
                .setOut(out)
                .setErr(err)
                .setUsageHelpWidth(110)
                .setExpandAtFiles(false)
                .setExecutionExceptionHandler((failure, at, parsed) -> failed(failure, at));
        String exits = Arrays.stream(Exit.values())
                .map(exit -> "\n  " + exit.code() + "  " + exit.meaning())
                .reduce("Exit codes:", String::concat);
        footer(command, exits);
        return command.execute(arguments);
    }

    /** Whether a node is to be started, or its help to be shown. */
    public static boolean isNode(String... arguments) {
        return arguments.length > 0 && arguments[0].equals("node");
    }

    private static void footer(CommandLine command, String text) {
        command.getCommandSpec().exitCodeOnExecutionException(Exit.INTERNAL.code());
        command.getCommandSpec().versionProvider(new Version()).usageMessage().footer("", text);
        command.getSubcommands().values().forEach(below -> footer(below, text));
    }

    private static int failed(Exception failure, CommandLine at) throws Exception {
        if (failure instanceof Failure known) {
            return failed(known, at.getErr());
        }
        unexpected(at.getErr());
        throw failure;
    }

    private static int failed(Failure known, PrintWriter err) {
        err.println("interrex: " + known.text());
        err.flush();
        return known.exit().code();
    }

    private static void unexpected(PrintWriter err) {
        err.println("interrex: unexpected error; please report it with what follows");
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
