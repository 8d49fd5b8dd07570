package io.interrex.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.interrex.config.ClusterConfig.Group;
import io.interrex.config.ConfigProblems;
import io.interrex.config.NodeConfig;
import io.interrex.postgresql.PostgresSettings;
import io.interrex.postgresql.Secrets;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes the passwords of the database roles, which have to be the same on all nodes, once. */
@Command(
        name = "secrets",
        mixinStandardHelpOptions = true,
        description = {
            "Makes the passwords of the database roles that are missing in directories.secrets of this node; those that are",
            "there stay. Before the first start, on ONE node; then the directory is copied to all others (edge nodes too),",
            "owned by the node's user, mode 0600. No password is printed."
        })
final class SecretsCommand implements Callable<Integer> {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "the file (default: $INTERREX_CONFIG, else /etc/interrex/interrex.conf)")
    private @Nullable Path config;

    @Option(names = "--name", required = true, paramLabel = "NODE", description = "which of its nodes this host has")
    private String name = "";

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Failure {
        NodeConfig node;
        try {
            node = NodeConfig.of(Connection.load(Connection.configFile(config)), name);
        } catch (ConfigProblems e) {
            throw new Failure(Exit.USAGE, e.report());
        }
        Path directory = node.directories().secrets();
        var roles = new TreeSet<String>();
        for (Group group : node.cluster().groups().values()) {
            roles.addAll(PostgresSettings.roles(group.postgres().user()));
        }
        List<String> made;
        try {
            requireOwner(directory);
            made = new Secrets(directory).createMissing(roles);
        } catch (IOException e) {
            throw new Failure(Exit.REFUSED, "no passwords were made in " + directory + ": " + e);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            var root = new ObjectMapper().createObjectNode().put("directory", directory.toString());
            made.forEach(root.putArray("made")::add);
            out.println(root);
        } else if (made.isEmpty()) {
            out.println("nothing was made: " + directory + " has the passwords of " + String.join(", ", roles));
        } else {
            out.println("made in " + directory + ": " + String.join(", ", made));
            out.println(
                    "copy that directory to all other nodes before they start, owned by the node's user, mode 0600");
        }
        out.flush();
        return Exit.OK.code();
    }

    /** Passwords of another user's, root's above all, would be unreadable for the node. */
    private static void requireOwner(Path directory) throws IOException, Failure {
        Path there = directory.toAbsolutePath();
        for (Path up = there; up != null && !Files.exists(there); up = up.getParent()) {
            there = up;
        }
        String owner = Files.getOwner(there).getName();
        String self = System.getProperty("user.name", "");
        if (!owner.equals(self)) {
            throw new Failure(
                    Exit.REFUSED,
                    "%s is %s's, and this is %s: the node could not read what is made here. Run it as %s, for example with runuser -u %s -- …"
                            .formatted(there, owner, self, owner, owner));
        }
    }
}
