package io.interrex.node;

import io.interrex.cluster.charter.Adoption;
import io.interrex.config.ClusterConfig.Group;
import io.interrex.config.ClusterConfig.Member;
import io.interrex.config.ConfigProblems;
import io.interrex.config.Installation;
import io.interrex.config.NodeConfig;
import io.interrex.config.OwnParameters;
import io.interrex.persistence.hard.FileHardStore;
import io.interrex.postgresql.Adopting;
import io.interrex.postgresql.Hindrance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * Takes an existing server of this host over for a group, step by step. What is decided is on this node's disk before the
 * directory moves, so that the node knows at its start that it was handed over.
 */
public final class Adopter {

    private final NodeConfig config;
    private final Group group;
    private final FileHardStore store;
    private final Adopting adopting;

    private Adopter(NodeConfig config, Group group, FileHardStore store, Adopting adopting) {
        this.config = config;
        this.group = group;
        this.store = store;
        this.adopting = adopting;
    }

    /**
     * @param from its data directory
     * @param role a superuser of that server
     * @param database where that one may log in
     */
    public static Adopter of(NodeConfig config, Group group, Path from, String role, String database)
            throws IOException, ConfigProblems, Adopting.Refused {
        Member member = config.member(group)
                .orElseThrow(() -> new Adopting.Refused(
                        "node %s has no member of group %s".formatted(config.name(), group.name())));
        String first = group.adopt() == null ? "" : group.adopt();
        Path version = from.resolve("PG_VERSION");
        Path known = Files.isReadable(version)
                ? version
                : member.data().resolve("data").resolve("PG_VERSION");
        String major = Files.isReadable(known) ? Files.readString(known).strip() : "";
        if (!major.matches("[0-9]{2}")) {
            throw new Adopting.Refused("%s is no data directory of PostgreSQL that the user %s can read"
                    .formatted(from, System.getProperty("user.name", "of this process")));
        }
        Path binaries = Installation.postgresBin(group, Integer.parseInt(major))
                .orElseThrow(() -> new Adopting.Refused(
                        "the programs of PostgreSQL %s were not found: install them, or name their directory in groups.%s.postgres.bin"
                                .formatted(major, group.name())));
        var store = new FileHardStore(config.directories().state().resolve("promises"));
        return new Adopter(
                config,
                group,
                store,
                new Adopting(
                        LocalMember.settings(config, group, member, binaries),
                        new Adopting.Order(first, OwnParameters::contains, from, role, database)));
    }

    /** An earlier attempt has moved the directory. */
    public boolean isTaken() throws ConfigProblems, Adopting.Refused {
        Adoption known = known();
        return known.known() && adopting.isTaken(known);
    }

    /** Whether it is prepared, so that its server is to be stopped next. */
    public boolean isPrepared() throws ConfigProblems {
        return known().known();
    }

    public Adopting.Look look() throws Adopting.Refused {
        return adopting.look();
    }

    /** What is in the way of {@link #take} once it is prepared. */
    public List<Hindrance> lookStopped() throws ConfigProblems, Adopting.Refused {
        return adopting.lookStopped(known());
    }

    /** @param givenUp what the person lets go, by the names that the look gave */
    public Adoption prepare(Collection<String> givenUp, String actor)
            throws IOException, ConfigProblems, Adopting.Refused {
        requireNew();
        Adoption adoption = adopting.prepare(givenUp, UUID.randomUUID(), actor);
        OwnMember.orRefuse(config, store.saveAdoption(group.name(), adoption));
        return adoption;
    }

    /** The directory becomes the member's. */
    public void take() throws ConfigProblems, Adopting.Refused {
        requireNew();
        Adoption known = known();
        if (!known.known()) {
            throw new Adopting.Refused("it was not prepared: run this with --prepare while its server runs");
        }
        adopting.take(known);
    }

    public List<String> wayBack() {
        return adopting.wayBack();
    }

    private Adoption known() throws ConfigProblems {
        return OwnMember.orRefuse(config, store.loadAdoption(group.name()));
    }

    private void requireNew() throws ConfigProblems, Adopting.Refused {
        long epoch = OwnMember.orRefuse(config, store.loadMember(group.name())).maxEpoch();
        if (epoch > 0) {
            throw new Adopting.Refused(
                    "group %s exists: this node knows its epoch %d. A database is adopted when a group begins"
                            .formatted(group.name(), epoch));
        }
        try {
            Recovery.requireStopped(config);
        } catch (Recovery.Refused e) {
            throw new Adopting.Refused(String.valueOf(e.getMessage()));
        }
    }
}
