package io.interrex.persistence.ratis;

import io.interrex.cluster.port.EventLog.Health;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This node's member of the Raft group, with its copy of the streams. */
final class VoterServer implements RaftCaller.LocalServer, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(VoterServer.class);

    private final RaftPeerId id;
    private final RaftGroup group;
    private final StreamStore store = new StreamStore();
    private volatile @Nullable RaftServer server;
    private volatile @Nullable Throwable failure;

    private VoterServer(RatisSettings settings) {
        this.id = RaftPeerId.valueOf(settings.node());
        this.group = RaftPlan.group(settings);
    }

    static VoterServer start(RatisSettings settings, Consumer<String> onAppended) throws IOException {
        var voter = new VoterServer(settings);
        Path storage = settings.storage();
        if (storage == null) {
            throw new IllegalArgumentException("voter '" + settings.node() + "' needs a directory for its log");
        }
        Files.createDirectories(storage);
        TornTail.cut(storage.resolve("raft"));
        var server = RaftServer.newBuilder()
                .setServerId(voter.id)
                .setGroup(voter.group)
                .setStateMachine(new StreamMachine(voter.store, onAppended, voter::logFailed))
                .setProperties(RaftPlan.serverProperties(settings))
                .setOption(RaftStorage.StartupOption.RECOVER)
                .build();
        try {
            server.start();
        } catch (IOException | RuntimeException e) {
            server.close();
            throw new IOException(
                    "the event log of voter '" + settings.node() + "' in " + storage + " does not start: "
                            + rootOf(e).getMessage(),
                    e);
        }
        voter.server = server;
        return voter;
    }

    private static Throwable rootOf(Throwable e) {
        var cause = e.getCause();
        return cause == null ? e : rootOf(cause);
    }

    private void logFailed(Throwable cause) {
        failure = cause;
        LOG.error(
                "voter {} cannot write its log any more: {}. Free space on its disk, then restart this node",
                id,
                cause.toString());
    }

    StreamStore store() {
        return store;
    }

    @Override
    public RaftPeerId id() {
        return id;
    }

    @Override
    public @Nullable RaftServer server() {
        return server;
    }

    @Override
    public @Nullable RaftPeerId leader() {
        var division = division();
        return division == null ? null : division.getInfo().getLeaderId();
    }

    private RaftServer.@Nullable Division division() {
        var running = server;
        if (running == null) {
            return null;
        }
        try {
            return running.getDivision(group.getGroupId());
        } catch (IOException e) {
            LOG.debug("voter {} has no division at the moment", id, e);
            return null;
        }
    }

    Health health() {
        var division = division();
        var broken = failure;
        if (division == null || !division.getInfo().isAlive()) {
            return new Health("", -1, false, "this voter's server is not running");
        }
        var leader = division.getInfo().getLeaderId();
        long commit = division.getRaftLog().getLastCommittedIndex();
        String detail = division.getInfo().getCurrentRole() + " in term "
                + division.getInfo().getCurrentTerm()
                + (broken == null ? "" : "; cannot write: " + broken.getMessage());
        return new Health(leader == null ? "" : leader.toString(), commit, leader != null && broken == null, detail);
    }

    @Override
    public void close() {
        var running = server;
        server = null;
        if (running != null) {
            try {
                running.close();
            } catch (IOException e) {
                LOG.warn("voter {} did not close cleanly; its log recovers at the next start", id, e);
            }
        }
    }
}
