package io.interrex.config;

import io.interrex.config.ClusterConfig.Group;
import io.interrex.config.ClusterConfig.Member;
import io.interrex.config.ClusterConfig.RouterConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was found on this host for a node: the programs that it will start.
 *
 * @param postgresBin directory of PostgreSQL's programs, by group
 * @param routers the program of each router, by the router's name
 * @param warnings what is allowed here, but should be known
 */
public record Installation(Map<String, Path> postgresBin, Map<String, Path> routers, List<Problem> warnings) {

    /**
     * Looks at this host for what the node needs: PostgreSQL 14 or newer, the routers' programs, directories, free ports. Says
     * everything that is missing at once.
     */
    public static Installation examine(NodeConfig node) throws ConfigProblems {
        var host = new HostExamination(node);
        host.user(System.getProperty("user.name", ""));
        host.result();
        return examine(node, true);
    }

    /** The directory of the programs of that version, as the group's configuration asks for them; empty where there is none. */
    public static Optional<Path> postgresBin(Group group, int major) {
        return Programs.postgresBin(group.postgres().bin(), Optional.of(major));
    }

    /** @param starting whether its directories are made and its ports tried; otherwise nothing is touched */
    public static Installation examine(NodeConfig node, boolean starting) throws ConfigProblems {
        var host = new HostExamination(node);
        for (Group group : node.memberGroups()) {
            Member member = group.members().get(node.name());
            if (member != null) {
                host.postgres(group, member);
                host.dataDirectory(group, member);
                host.secrets(group);
            }
        }
        if (!node.memberGroups().isEmpty()) {
            host.watchdog();
        }
        node.cluster().groups().values().forEach(host::fencing);
        for (RouterConfig router : node.routers()) {
            host.router(router);
        }
        if (starting) {
            host.ownDirectories();
            host.ports();
        }
        return host.result();
    }

    /** What was found on this host under that name; it was looked for before the start. */
    public static Path path(Map<String, Path> found, String name) {
        Path path = found.get(name);
        if (path == null) {
            throw new IllegalStateException("nothing was found on this host for " + name);
        }
        return path;
    }
}
