package io.interrex.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What can be done with a voter while the group runs. */
@Command(
        name = "voter",
        mixinStandardHelpOptions = true,
        description = "Changes the voters while the group runs.",
        subcommands = VoterReadmitCommand.class)
final class VoterCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
