package io.interrex.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Commands about the kernel's gate of this host. */
@Command(
        name = "gate",
        mixinStandardHelpOptions = true,
        description = "About the kernel's gate of this host.",
        subcommands = GateCloseCommand.class)
final class GateCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
