package io.interrex.persistence.ratis;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.ratis.client.RaftClientRpc;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupInfoRequest;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.protocol.exceptions.TimeoutIOException;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests to the voters: to the leader where it is known, within the process where the leader is this node, else to
 * one voter after the other, each for a short time only, because a host that fell silent answers nothing and refuses
 * nothing. Which voter comes next is decided by {@link Call}.
 *
 * <p>Ratis's own client is not used: it waits longer for a silent host than a failover may take.
 */
final class RaftCaller implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RaftCaller.class);

    /** A voter that did not answer is asked last for so long. */
    private static final long AVOID_NS = Duration.ofMillis(700).toNanos();

    /** A request that was left behind is forgotten after so long. */
    private static final long REQUEST_MS = 3000;

    /** A connection on which nothing came back for so long is taken for broken. */
    private static final long STUCK_NS = Duration.ofMillis(1500).toNanos();

    /** Between two new connections to one voter. */
    private static final long RECONNECT_NS = Duration.ofMillis(500).toNanos();

    private final RatisSettings settings;
    private final RaftGroup group;
    private final ClientId clientId = ClientId.randomId();
    private volatile RaftClientRpc rpc;
    private volatile SortedMap<String, String> addresses;
    private volatile @Nullable LocalServer local;
    private final AtomicLong callIds = new AtomicLong();
    private final Map<RaftPeerId, Silence> silences = new ConcurrentHashMap<>();
    private final Map<RaftPeerId, Long> reconnectedNs = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile @Nullable RaftPeerId lastLeader;
    private volatile boolean closed;

    private record Silence(long sinceNs, long lastNs) {}

    /** The voter of this process. */
    interface LocalServer {
        RaftPeerId id();

        /** Null while it is not running. */
        @Nullable
        RaftServer server();

        /** As far as this voter knows. */
        @Nullable
        RaftPeerId leader();
    }

    RaftCaller(RatisSettings settings, @Nullable LocalServer local) {
        this.settings = settings;
        this.group = RaftPlan.group(settings);
        this.local = local;
        this.rpc = rpc(clientId, settings);
        this.addresses = settings.voters();
        this.timer = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform()
                .daemon()
                .name("log-caller-" + settings.node())
                .factory());
    }

    private static RaftClientRpc rpc(ClientId client, RatisSettings settings) {
        RaftClientRpc made =
                new GrpcFactory(new Parameters()).newRaftClientRpc(client, RaftPlan.clientProperties(settings));
        made.addRaftPeers(RaftPlan.peers(settings));
        return made;
    }

    /** A connection keeps its address, so that all are made anew; what is under way on them is asked again. */
    void use(RatisSettings elsewhere) {
        if (elsewhere.voters().equals(addresses)) {
            return;
        }
        addresses = elsewhere.voters();
        RaftClientRpc before = rpc;
        rpc = rpc(clientId, elsewhere);
        lastLeader = null;
        silences.clear();
        reconnectedNs.clear();
        threads.execute(() -> close(before));
    }

    private static void close(RaftClientRpc rpc) {
        try {
            rpc.close();
        } catch (IOException e) {
            LOG.warn("connections to the voters did not close cleanly", e);
        }
    }

    /**
     * By which id a voter is asked that the others name with its address. One whose seat went to another node may be elsewhere than this
     * node knows: it is asked where it is, whichever of its disks that is.
     */
    RaftPeerId reached(RaftPeer peer) {
        String known = addresses.get(LogPeer.voter(peer.getId()));
        String said = peer.getAddress();
        if (said == null || said.isEmpty() || said.equals(known)) {
            return LogPeer.named(peer.getId());
        }
        RaftPeerId there = LogPeer.at(peer.getId(), said);
        rpc.addRaftPeers(
                List.of(RaftPeer.newBuilder().setId(there).setAddress(said).build()));
        return there;
    }

    /** A voter has started in this process. */
    void here(LocalServer server) {
        local = server;
    }

    /** Tries until somebody answers or {@code within} is over; then fails with {@link NoAnswer}. */
    CompletableFuture<RaftClientReply> call(Message message, RaftClientRequest.Type type, Duration within) {
        return call(peer -> request(peer, message, type), !type.isReadOnly(), settings.attemptTimeout(), within);
    }

    CompletableFuture<RaftClientReply> call(
            Function<RaftPeerId, RaftClientRequest> request, boolean toLeader, Duration patience, Duration within) {
        return new Call(this, request, toLeader, patience, within).start();
    }

    /** One request to one voter; its time is that of the request. */
    CompletableFuture<RaftClientReply> send(RaftClientRequest request) {
        if (closed) {
            return CompletableFuture.failedFuture(new NoAnswer("the event log of this node is closed"));
        }
        RaftPeerId peer = request.getServerId();
        var here = localServer(peer);
        try {
            var reply = here == null
                    ? CompletableFuture.supplyAsync(() -> sendRemote(request), threads)
                    : sendHere(here, request);
            return reply.whenComplete((r, failure) -> noteAnswer(peer, failure, here != null));
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static CompletableFuture<RaftClientReply> sendHere(RaftServer here, RaftClientRequest request)
            throws IOException {
        return switch (request) {
            case TransferLeadershipRequest transfer -> here.transferLeadershipAsync(transfer);
            case SetConfigurationRequest change -> here.setConfigurationAsync(change);
            case GroupInfoRequest ask -> here.getGroupInfoAsync(ask).thenApply(reply -> (RaftClientReply) reply);
            default -> here.submitClientRequestAsync(request);
        };
    }

    /** A stream per request: Ratis closes a shared one, with all requests on it, whenever a voter is not the leader. */
    private RaftClientReply sendRemote(RaftClientRequest request) {
        try {
            return rpc.sendRequest(request);
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private @Nullable RaftServer localServer(RaftPeerId peer) {
        var here = local;
        return here == null || !here.id().equals(peer) ? null : here.server();
    }

    private void noteAnswer(RaftPeerId peer, @Nullable Throwable failure, boolean inProcess) {
        if (failure == null) {
            silences.remove(peer);
            return;
        }
        isSlow(peer);
        if (!inProcess && !(failure.getCause() instanceof TimeoutIOException)) {
            reconnect(peer, failure);
        }
    }

    /** Did not answer in time: is asked last for a while; after a longer while its connection is made anew. */
    void isSlow(RaftPeerId peer) {
        long now = System.nanoTime();
        var silence = silences.merge(
                peer, new Silence(now, now), (before, again) -> new Silence(before.sinceNs(), again.lastNs()));
        if (now - silence.sinceNs() > STUCK_NS && localServer(peer) == null) {
            reconnect(peer, new NoAnswer(peer + " did not answer"));
        }
    }

    void reconnect(RaftPeerId peer) {
        silences.remove(peer);
        reconnect(peer, new NoAnswer(peer + " started anew"));
    }

    /** A channel that failed waits longer and longer before it tries again, up to minutes; a new one tries at once. */
    private void reconnect(RaftPeerId peer, Throwable why) {
        long now = System.nanoTime();
        Long before = reconnectedNs.get(peer);
        if (closed || (before != null && now - before < RECONNECT_NS)) {
            return;
        }
        reconnectedNs.put(peer, now);
        threads.execute(() -> {
            if (rpc.handleException(peer, why, true)) {
                LOG.debug("connection to voter {} is made anew after: {}", peer, why.toString());
            }
        });
    }

    RaftClientRequest request(RaftPeerId peer, Message message, RaftClientRequest.Type type) {
        return RaftClientRequest.newBuilder()
                .setClientId(clientId)
                .setServerId(peer)
                .setGroupId(group.getGroupId())
                .setCallId(callIds.incrementAndGet())
                .setMessage(message)
                .setType(type)
                .setTimeoutMs(REQUEST_MS)
                .build();
    }

    ClientId clientId() {
        return clientId;
    }

    RaftGroup group() {
        return group;
    }

    long nextCallId() {
        return callIds.incrementAndGet();
    }

    /** The likeliest leader first, those that are silent last. */
    List<RaftPeerId> preferred() {
        var order = new ArrayList<RaftPeerId>();
        var here = local;
        add(order, here == null ? null : here.leader());
        add(order, lastLeader);
        add(order, here == null ? null : here.id());
        var others =
                new ArrayList<>(group.getPeers().stream().map(RaftPeer::getId).toList());
        java.util.Collections.rotate(others, (int) (callIds.get() % Math.max(1, others.size())));
        others.forEach(peer -> add(order, peer));
        order.sort(java.util.Comparator.comparing(this::isSilent));
        return order;
    }

    private static void add(List<RaftPeerId> order, @Nullable RaftPeerId peer) {
        if (peer != null && !order.contains(peer)) {
            order.add(peer);
        }
    }

    boolean isSilent(RaftPeerId peer) {
        var silence = silences.get(peer);
        return silence != null && System.nanoTime() - silence.lastNs() < AVOID_NS;
    }

    @Nullable
    RaftPeerId lastLeader() {
        return lastLeader;
    }

    void answeredAsLeader(RaftPeerId peer) {
        lastLeader = peer;
    }

    /** Where a call goes on: neither on a thread of the transport nor on that of the time-outs, which nothing may hold up. */
    Executor threads() {
        return threads;
    }

    /** After {@link #close} at once: a call that goes on then sees that it is over. */
    void later(Runnable task, Duration delay) {
        if (closed) {
            task.run();
            return;
        }
        timer.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void run(Runnable task) {
        if (closed) {
            task.run();
        } else {
            threads.execute(task);
        }
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        timer.shutdown();
        threads.shutdown();
        close(rpc);
    }

    /** No voter gave a definite answer in time: what was asked may or may not have happened. */
    static final class NoAnswer extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NoAnswer(String message) {
            super(message);
        }
    }
}
