package io.interrex.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.interrex.config.ClusterConfig.Group;
import io.interrex.config.NodeConfig;
import io.interrex.postgresql.PostgresSettings;
import io.interrex.postgresql.Secrets;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes the passwords of the database roles, which have to be the same on all nodes, once. */
@Command(
        name = "secrets",
        mixinStandardHelpOptions = true,
        description = {
            "Makes the passwords of the database roles that are missing in directories.secrets of this node; those that are",
            "there stay. Before the first start, on ONE node; then the directory is copied to all others (edge nodes too),",
            "owned by the node's user, mode 0600. No password is printed."
        })
final class SecretsCommand extends HostCommand {

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Override
    public Integer call() throws Failure {
        NodeConfig node = node();
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
        PrintWriter out = out();
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
