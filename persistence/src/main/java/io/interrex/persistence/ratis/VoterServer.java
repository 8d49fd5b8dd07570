package io.interrex.persistence.ratis;

import io.interrex.cluster.port.EventLog.Health;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.LeaderElectionManagementRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's member of the Raft group, with its copy of the streams. When its disk fills up it gives up leadership and
 * says so; when it cannot write any more it gives back the reserve and starts anew as a follower.
 */
final class VoterServer implements RaftCaller.LocalServer, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(VoterServer.class);
    private static final long CARE_EVERY_MS = 1000;
    private static final long REQUEST_TIMEOUT_MS = 2000;

    private final RatisSettings settings;
    private final Path storage;
    private final Consumer<String> onAppended;
    private final RaftPeerId id;
    private final RaftGroup group;
    private final StreamStore store = new StreamStore();
    private final DiskReserve reserve;
    private final RaftVote vote;
    private final ClientId self = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();
    private final ScheduledExecutorService care;
    private volatile @Nullable RaftServer server;
    private volatile @Nullable String problem;
    private volatile boolean logFailed;
    private boolean electionsPaused;
    private volatile boolean closing;

    private VoterServer(RatisSettings settings, Path storage, RaftPeerId id, Consumer<String> onAppended) {
        this.settings = settings;
        this.storage = storage;
        this.onAppended = onAppended;
        this.id = id;
        // a disk that took a seat learns from the others who its peers are
        this.group = id.equals(LogPeer.named(id))
                ? RaftPlan.group(settings)
                : RaftGroup.valueOf(RaftPlan.groupId(settings.cluster()));
        this.reserve = new DiskReserve(storage, settings.reserveBytes());
        this.vote = new RaftVote(storage, id.toString());
        this.care = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("log-care-" + settings.node()).factory());
    }

    static VoterServer start(RatisSettings settings, Consumer<String> onAppended) throws IOException {
        Path storage = settings.storage();
        if (storage == null) {
            throw new IllegalArgumentException("voter '" + settings.node() + "' needs a directory for its log");
        }
        Files.createDirectories(storage);
        var voter = new VoterServer(settings, storage, LogPeer.of(settings.node(), storage), onAppended);
        voter.startServer();
        voter.care.scheduleWithFixedDelay(voter::lookAfter, 0, CARE_EVERY_MS, TimeUnit.MILLISECONDS);
        return voter;
    }

    private synchronized void startServer() throws IOException {
        TornTail.cut(storage.resolve("raft"));
        vote.repair();
        var parameters = new Parameters();
        GrpcConfigKeys.Server.setServicesCustomizer(parameters, new Addressed(id));
        var starting = RaftServer.newBuilder()
                .setServerId(id)
                .setGroup(group)
                .setStateMachine(new StreamMachine(store, settings.voters().size() == 1, onAppended, this::logFailed))
                .setProperties(RaftPlan.serverProperties(settings))
                .setParameters(parameters)
                .setOption(RaftStorage.StartupOption.RECOVER)
                .build();
        try {
            starting.start();
        } catch (IOException | RuntimeException e) {
            starting.close();
            throw new IOException(
                    "the event log of voter '" + id + "' in " + storage + " does not start: "
                            + rootOf(e).getMessage(),
                    e);
        }
        server = starting;
    }

    private static Throwable rootOf(Throwable e) {
        var cause = e.getCause();
        return cause == null ? e : rootOf(cause);
    }

    private void logFailed(Throwable cause) {
        if (!logFailed) {
            logFailed = true;
            problem = "it cannot write to " + storage + ": " + rootOf(cause).getMessage();
            LOG.error("voter {} gives up leadership: {}. Free space on that disk", id, problem);
            care.execute(this::lookAfter);
        }
    }

    /** Once a second: is there space, does the server run, may it lead? */
    private void lookAfter() {
        if (closing) {
            return;
        }
        try {
            lookAfterDisk();
            vote.keep();
            if (store.pendingBytes() > settings.snapshotBytes()) {
                takeSnapshot();
            }
        } catch (IOException | RuntimeException e) {
            if (closing) {
                LOG.debug("voter {} was closed while it was looked after", id, e);
                return;
            }
            LOG.warn("voter {} could not be looked after, it is tried again in {} ms", id, CARE_EVERY_MS, e);
        }
    }

    private synchronized void lookAfterDisk() throws IOException {
        if (closing) {
            return;
        }
        if (logFailed) {
            closeServer();
            if (reserve.release()) {
                LOG.warn("voter {} gave back its reserve of {} bytes", id, reserve.bytes());
            }
            startServer();
            logFailed = false;
            electionsPaused = false;
        }
        long usable = reserve.usableBytes();
        boolean held = reserve.isHeld();
        long low = Math.max(settings.segmentBytes() / 4, reserve.bytes() / 4);
        if (usable < (held ? low : reserve.bytes() + 2 * low)) {
            problem = "only " + (usable >> 10) + " KiB are left on the disk of " + storage;
            giveUpLeadership();
            return;
        }
        reserve.take();
        if (problem != null) {
            LOG.info("voter {} can write again: {} KiB are free", id, usable >> 10);
            problem = null;
        }
        if (electionsPaused) {
            var running = server;
            if (running != null) {
                running.leaderElectionManagementAsync(LeaderElectionManagementRequest.newResume(
                        self, id, group.getGroupId(), callIds.incrementAndGet()));
                electionsPaused = false;
            }
        }
    }

    private void giveUpLeadership() throws IOException {
        var running = server;
        if (running == null || electionsPaused) {
            return;
        }
        LOG.error("voter {} does not lead until there is space: {}", id, problem);
        running.leaderElectionManagementAsync(
                LeaderElectionManagementRequest.newPause(self, id, group.getGroupId(), callIds.incrementAndGet()));
        electionsPaused = true;
        if (id().equals(leader())) {
            running.transferLeadershipAsync(new TransferLeadershipRequest(
                    self, id, group.getGroupId(), callIds.incrementAndGet(), null, REQUEST_TIMEOUT_MS));
        }
    }

    private void takeSnapshot() throws IOException {
        var running = server;
        if (running != null) {
            running.snapshotManagementAsync(SnapshotManagementRequest.newCreate(
                    self, id, group.getGroupId(), callIds.incrementAndGet(), REQUEST_TIMEOUT_MS));
        }
    }

    /** What was sent to a process that died without a word is repeated by TCP, ever more rarely; a new connection is not. */
    void reconnect(RaftPeerId voter) {
        RaftPeerId peer = peer(voter.toString());
        // closing the old connection takes seconds, as nobody answers on it
        Thread.ofVirtual().name("log-reconnect-" + peer).start(() -> {
            var running = server;
            if (running != null && !closing) {
                running.getServerRpc().handleException(peer, new IOException(peer + " started anew"), true);
            }
        });
    }

    StreamStore store() {
        return store;
    }

    /** By name. */
    @Override
    public RaftPeerId id() {
        return LogPeer.named(id);
    }

    /** By which that voter takes part, as far as this one knows. */
    RaftPeerId peer(String voter) {
        var division = division();
        return division == null
                ? RaftPeerId.valueOf(voter)
                : LogPeer.find(division.getGroup().getPeers(), voter)
                        .map(RaftPeer::getId)
                        .orElse(RaftPeerId.valueOf(voter));
    }

    @Override
    public @Nullable RaftServer server() {
        return server;
    }

    @Override
    public @Nullable RaftPeerId leader() {
        var division = division();
        RaftPeerId leader = division == null ? null : division.getInfo().getLeaderId();
        return leader == null ? null : LogPeer.named(leader);
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
        String trouble = problem;
        if (division == null || !division.getInfo().isAlive()) {
            return new Health(
                    "", -1, false, "this voter's server does not run" + (trouble == null ? "" : ": " + trouble));
        }
        var info = division.getInfo();
        var leader = leader();
        return new Health(
                leader == null ? "" : leader.toString(),
                division.getRaftLog().getLastCommittedIndex(),
                leader != null && trouble == null,
                info.getCurrentRole() + " in term " + info.getCurrentTerm() + (trouble == null ? "" : "; " + trouble));
    }

    private void closeServer() throws IOException {
        var running = server;
        server = null;
        if (running != null) {
            running.close();
        }
    }

    @Override
    public void close() {
        closing = true;
        care.shutdownNow();
        closeOrWarn();
    }

    private synchronized void closeOrWarn() {
        try {
            closeServer();
        } catch (IOException e) {
            LOG.warn("voter {} did not close cleanly; its log recovers at the next start", id, e);
        }
    }
}
