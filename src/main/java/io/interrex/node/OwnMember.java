package io.interrex.node;

import io.interrex.cluster.charter.Adoption;
import io.interrex.cluster.member.MemberHard;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.supervision.Beginning;
import io.interrex.config.ClusterConfig.Group;
import io.interrex.config.ConfigProblems;
import io.interrex.config.Installation;
import io.interrex.config.NodeConfig;
import io.interrex.persistence.hard.FileHardStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * One of this node's members at the start: opened on a thread of its own, because guard, gate and server are waited for while the
 * actors of the hands start.
 *
 * @param hard what it must not forget, with this start counted in and written back
 * @param firstLook at its server; goes on where the agent's own first look begins
 */
record OwnMember(Group group, MemberHard hard, LocalMember local, CompletionStage<DatabaseStatus> firstLook) {

    /**
     * A member that is being opened. What must not be forgotten is there before the rest of it, and the peers may be dialled then.
     */
    record Opening(FutureTask<MemberHard> remembered, FutureTask<OwnMember> whole) {

        /** With this start counted in; waits until that is on disk. */
        MemberHard hard() throws IOException, InterruptedException, ConfigProblems {
            return result(remembered);
        }

        /** Waits until all of it is open; throws what was in the way. */
        OwnMember opened() throws IOException, InterruptedException, ConfigProblems {
            return result(whole);
        }
    }

    /** Begins to open it. */
    static Opening opening(NodeConfig config, Installation host, FileHardStore store, Group group) {
        var remembered = new FutureTask<>(() -> remember(config, store, group));
        var whole = new FutureTask<>(() -> {
            remembered.run();
            return open(config, host, group, result(remembered));
        });
        Thread.ofPlatform().daemon().name("open-" + group.name()).start(whole);
        return new Opening(remembered, whole);
    }

    private static MemberHard remember(NodeConfig config, FileHardStore store, Group group)
            throws ConfigProblems, IOException {
        MemberHard known = orRefuse(config, store.loadMember(group.name()));
        Adoption adoption = orRefuse(config, store.loadAdoption(group.name()));
        new OwnData(config, group, group.member(config.name()), adoption).require(known.maxEpoch());
        MemberHard hard = known.started();
        orRefuse(config, store.saveMember(group.name(), hard));
        return hard;
    }

    /** How the groups begin that do not begin with a new database. */
    static Map<String, Beginning> beginnings(NodeConfig config, FileHardStore store) throws ConfigProblems {
        var beginnings = new TreeMap<String, Beginning>();
        for (Group group : config.cluster().groups().values()) {
            if (group.adopt() != null) {
                beginnings.put(group.name(), new Beginning.Adopted(orRefuse(config, store.loadAdoption(group.name()))));
            }
        }
        return beginnings;
    }

    private static OwnMember open(NodeConfig config, Installation host, Group group, MemberHard hard)
            throws IOException, InterruptedException, ConfigProblems {
        Path binaries = Installation.path(host.postgresBin(), group.name());
        LocalMember local = LocalMember.open(config, group, group.member(config.name()), binaries, guardBinary());
        return new OwnMember(group, hard, local, local.database().status());
    }

    private static Path guardBinary() {
        String home = System.getProperty("interrex.home", ".");
        return Path.of(System.getProperty("interrex.guard", home + "/libexec/interrex-guard"));
    }

    private static <T> T result(FutureTask<T> task) throws IOException, InterruptedException, ConfigProblems {
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ConfigProblems problems) {
                throw problems;
            }
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException("a member could not be opened: " + e.getCause(), e);
        }
    }

    static <T> T orRefuse(NodeConfig config, Outcome<T> outcome) throws ConfigProblems {
        return switch (outcome) {
            case Outcome.Done<T>(var value) -> value;
            case Outcome.Refused<T>(var reason) -> throw unreadable(config, reason);
            case Outcome.Unknown<T>(var reason) -> throw unreadable(config, reason);
        };
    }

    private static ConfigProblems unreadable(NodeConfig config, String reason) {
        String state = config.directories().state().toString();
        return config.refusal("directories.state", state, reason, "See to " + state + " and its file system");
    }
}
