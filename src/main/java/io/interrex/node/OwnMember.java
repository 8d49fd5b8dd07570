package io.interrex.node;

import io.interrex.cluster.member.MemberHard;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.Outcome;
import io.interrex.config.ClusterConfig.Group;
import io.interrex.config.ClusterConfig.Member;
import io.interrex.config.ConfigProblems;
import io.interrex.config.Installation;
import io.interrex.config.NodeConfig;
import io.interrex.persistence.hard.FileHardStore;
import java.io.IOException;
import java.nio.file.Path;
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

    /** Begins to open it. */
    static FutureTask<OwnMember> opening(NodeConfig config, Installation host, FileHardStore store, Group group) {
        var task = new FutureTask<>(() -> open(config, host, store, group));
        Thread.ofPlatform().daemon().name("open-" + group.name()).start(task);
        return task;
    }

    private static OwnMember open(NodeConfig config, Installation host, FileHardStore store, Group group)
            throws IOException, InterruptedException, ConfigProblems {
        Member member = group.member(config.name());
        MemberHard known = orRefuse(config, store.loadMember(group.name()));
        LocalMember.requireOwnData(config, group, member, known);
        MemberHard hard = known.started();
        orRefuse(config, store.saveMember(group.name(), hard));
        Path binaries = Node.path(host.postgresBin(), group.name());
        LocalMember local = LocalMember.open(config, group, member, binaries, guardBinary());
        return new OwnMember(group, hard, local, local.database().status());
    }

    private static Path guardBinary() {
        String home = System.getProperty("interrex.home", ".");
        return Path.of(System.getProperty("interrex.guard", home + "/libexec/interrex-guard"));
    }

    /** Waits until it is open; throws what was in the way. */
    static OwnMember opened(FutureTask<OwnMember> task) throws IOException, InterruptedException, ConfigProblems {
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
