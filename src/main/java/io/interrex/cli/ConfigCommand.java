package io.interrex.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Commands about the configuration file. */
@Command(
        name = "config",
        mixinStandardHelpOptions = true,
        description = "About the configuration file.",
        subcommands = ConfigCheckCommand.class)
final class ConfigCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
