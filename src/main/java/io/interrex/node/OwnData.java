package io.interrex.node;

import io.interrex.cluster.charter.Adoption;
import io.interrex.config.ClusterConfig.Group;
import io.interrex.config.ClusterConfig.Member;
import io.interrex.config.ConfigProblems;
import io.interrex.config.NodeConfig;
import io.interrex.postgresql.SystemId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether this node may begin with what is in its member's data directory. */
record OwnData(NodeConfig node, Group group, Member member, Adoption adoption) {

    /**
     * Refused where there is a database of which this host has promised nothing, and that nobody has handed over as the file
     * says it: it was put there, or the promises were lost, without which nobody knows which epochs it must not take WAL of.
     * Refused too where one that was handed over for a primary has not come yet: the group would begin without it.
     */
    void require(long maxEpoch) throws ConfigProblems, IOException {
        if (maxEpoch > 0) {
            return;
        }
        Path data = member.data().resolve("data");
        boolean database = Files.exists(data.resolve("global").resolve("pg_control"));
        if (database && !(adoption.known() && adoption.systemId().equals(SystemId.of(data)))) {
            throw refusal(
                    "holds a database that this node did not make: "
                            + node.directories().state() + " knows of no epoch of group " + group.name(),
                    "Restore that directory if it was lost, or move the database away: the member is cloned then. A database that"
                            + " is to be taken over comes in by 'interrex adopt'");
        }
        boolean first = member.name().equals(group.adopt());
        if (database && (group.adopt() == null || adoption.primary() != first)) {
            throw refusal(
                    "holds a database that was handed over as %s, and in the file groups.%s.adopt is %s"
                            .formatted(
                                    adoption.primary() ? "the group's primary" : "a replica",
                                    group.name(),
                                    group.adopt() == null ? "not set" : group.adopt()),
                    "Write there the member that has the primary, the same on all nodes; or move the database back to "
                            + adoption.from());
        }
        if (!database && adoption.primary() && first) {
            throw refusal(
                    "has no database yet, and the group is to begin with the one in " + adoption.from(),
                    "Stop its server, and: interrex adopt --take");
        }
    }

    private ConfigProblems refusal(String reason, String remedy) {
        return node.refusal(
                "groups." + group.name() + ".members." + member.name() + ".data",
                member.data().toString(),
                reason,
                remedy);
    }
}
