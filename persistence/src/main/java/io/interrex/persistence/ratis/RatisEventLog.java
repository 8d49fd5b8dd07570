package io.interrex.persistence.ratis;

import io.interrex.cluster.port.Envelope;
import io.interrex.cluster.port.EventLog;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.persistence.BrokenChainException;
import io.interrex.persistence.codec.CodecException;
import io.interrex.persistence.codec.EnvelopeBytes;
import io.interrex.persistence.ratis.Wire.Reply;
import io.interrex.persistence.ratis.Wire.Request;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.jspecify.annotations.Nullable;

/**
 * The event log as a Raft group of the voters. On a voter it runs that voter's server and follows its copy; on any other
 * node it is a client only. {@code Appended} means: forced to disk on a majority (Raft commits an entry after that, and the
 * answer comes after the commit).
 */
public final class RatisEventLog implements EventLog {

    private static final Duration FOLLOW_WAIT = Duration.ofMillis(1000);
    private static final int FOLLOW_BATCH = 64;

    private final RatisSettings settings;
    private volatile @Nullable VoterServer server;
    private final RaftCaller caller;
    private final Tails tails;

    private RatisEventLog(RatisSettings settings, @Nullable VoterServer server, RaftCaller caller, Tails tails) {
        this.settings = settings;
        this.server = server;
        this.caller = caller;
        this.tails = tails;
    }

    /**
     * Starts this node's part of the log. Returns before a leader is elected. Throws {@link IOException} where a voter's own
     * copy cannot be read or its port is taken.
     */
    public static RatisEventLog start(RatisSettings settings) throws IOException {
        RatisExit.forbid();
        if (settings.isVoter()) {
            var tails = new Tails();
            var server = VoterServer.start(settings, tails::signal);
            tails.follow(server.store());
            return new RatisEventLog(settings, server, new RaftCaller(settings, server), tails);
        }
        var caller = new RaftCaller(settings, null);
        var tails = new Tails();
        var log = new RatisEventLog(settings, null, caller, tails);
        tails.poll(log::poll);
        return log;
    }

    @Override
    public CompletionStage<Append> append(String stream, long expectedVersion, List<Envelope> events) {
        byte[][] encoded = events.stream().map(EnvelopeBytes::encode).toArray(byte[][]::new);
        int size = 0;
        for (byte[] event : encoded) {
            size += event.length;
        }
        if (size > settings.appendBytesMax()) {
            return CompletableFuture.failedFuture(new IllegalArgumentException("an append of " + size + " bytes to "
                    + stream + " is above the limit of " + settings.appendBytesMax()));
        }
        var message = Message.valueOf(Wire.encode(new Request.Append(stream, expectedVersion, List.of(encoded))));
        return caller.call(message, RaftClientRequest.writeRequestType(), settings.operationTimeout())
                .handle((reply, failure) -> {
                    if (failure != null) {
                        return appendFailed(failure);
                    }
                    return switch (reply(reply)) {
                        case Reply.Appended(var version) -> new Append.Appended(version);
                        case Reply.Conflict(var version) -> new Append.Conflict(version);
                        case Reply.Invalid(var reason) -> throw new IllegalArgumentException(reason);
                        case Reply.BrokenChain(var reason) -> throw new BrokenChainException(reason);
                        case Reply.Events e -> throw new CodecException("events in answer to an append");
                    };
                });
    }

    private static Append appendFailed(Throwable failure) {
        if (failure instanceof StateMachineException refused) {
            throw new IllegalArgumentException("the log refused an append: " + refused.getMessage(), refused);
        }
        return new Append.Unknown(String.valueOf(failure.getMessage()));
    }

    @Override
    public CompletionStage<Outcome<List<Envelope>>> read(String stream, long fromVersion, int limit) {
        return readOn(stream, fromVersion, limit, new ArrayList<>());
    }

    private CompletionStage<Outcome<List<Envelope>>> readOn(
            String stream, long fromVersion, int limit, List<Envelope> collected) {
        var request = new Request.Read(stream, fromVersion, limit - collected.size(), 0);
        return caller.call(
                        Message.valueOf(Wire.encode(request)),
                        RaftClientRequest.readRequestType(),
                        settings.operationTimeout())
                .handle((reply, failure) -> failure == null
                        ? Outcome.done(events(reply))
                        : Outcome.<Reply.Events>unknown(stream + " could not be read: " + failure.getMessage()))
                .thenCompose(outcome -> switch (outcome) {
                    case Outcome.Done<Reply.Events>(var part) -> {
                        part.events().forEach(e -> collected.add(EnvelopeBytes.decode(e)));
                        long next = collected.isEmpty()
                                ? fromVersion
                                : collected.getLast().version() + 1;
                        yield part.events().isEmpty() || collected.size() >= limit || next > part.lastVersion()
                                ? CompletableFuture.completedStage(Outcome.done(List.copyOf(collected)))
                                : readOn(stream, next, limit, collected);
                    }
                    case Outcome.Refused<Reply.Events>(var reason) ->
                        CompletableFuture.completedStage(Outcome.refused(reason));
                    case Outcome.Unknown<Reply.Events>(var reason) ->
                        CompletableFuture.completedStage(Outcome.unknown(reason));
                });
    }

    private List<Envelope> poll(String stream, long fromVersion) {
        var request = new Request.Read(stream, fromVersion, FOLLOW_BATCH, Math.toIntExact(FOLLOW_WAIT.toMillis()));
        var message = Message.valueOf(Wire.encode(request));
        var reply = caller.call(
                        peer -> caller.request(peer, message, RaftClientRequest.staleReadRequestType(0)),
                        false,
                        settings.attemptTimeout().plus(FOLLOW_WAIT),
                        settings.operationTimeout().plus(FOLLOW_WAIT))
                .join();
        return events(reply).events().stream().map(EnvelopeBytes::decode).toList();
    }

    @Override
    public Subscription tail(String stream, long fromVersion, Consumer<Envelope> listener) {
        return tails.open(stream, fromVersion, listener);
    }

    @Override
    public void offer(Envelope committed) {
        tails.offer(committed);
    }

    @Override
    public CompletionStage<Outcome<Health>> health() {
        var here = server;
        if (here != null) {
            return CompletableFuture.completedStage(Outcome.done(here.health()));
        }
        return read("", 1, 1)
                .thenApply(outcome -> outcome.map(
                        none -> new Health(leaderHint(), -1, true, "no voter here; a majority of the voters answers")));
    }

    /**
     * Makes the connections to a voter anew that is known to have started. Its host may have died without a word: TCP then
     * repeats what it sent ever more rarely, and the voter waits for its leader for up to a minute after it is back.
     */
    public void reconnect(String voter) {
        RaftPeerId peer = RaftPeerId.valueOf(voter);
        if (!settings.voters().containsKey(voter) || voter.equals(settings.node())) {
            return;
        }
        caller.reconnect(peer);
        var here = server;
        if (here != null) {
            here.reconnect(peer);
        }
    }

    /** Where the voters are asked from now on; who they are does not change by it. @param addresses {@code host:port} by voter */
    public void use(Map<String, String> addresses) {
        caller.use(settings.at(addresses));
    }

    /** The leader as far as this node knows; empty: unknown. */
    String leaderHint() {
        var here = server;
        RaftPeerId leader = here == null ? caller.lastLeader() : here.leader();
        return leader == null ? "" : LogPeer.voter(leader);
    }

    @Override
    public CompletionStage<Outcome<Nothing>> transferLeadership(String node) {
        if (!settings.voters().containsKey(node)) {
            return CompletableFuture.completedStage(Outcome.refused("'" + node + "' is no voter: the voters are "
                    + settings.voters().keySet()));
        }
        var here = server;
        RaftPeerId target = here == null ? RaftPeerId.valueOf(node) : here.peer(node);
        var patience = settings.operationTimeout();
        return caller.call(
                        peer -> new TransferLeadershipRequest(
                                caller.clientId(),
                                peer,
                                caller.group().getGroupId(),
                                caller.nextCallId(),
                                target,
                                patience.toMillis()),
                        true,
                        patience,
                        patience)
                .handle((reply, failure) -> failure == null
                        ? Outcome.done(Nothing.NOTHING)
                        : Outcome.unknown(
                                "leadership was not seen to move to '" + node + "': " + failure.getMessage()));
    }

    private static Reply.Events events(RaftClientReply reply) {
        return switch (reply(reply)) {
            case Reply.Events events -> events;
            case Reply.Invalid(var reason) -> throw new IllegalArgumentException(reason);
            case Reply.Appended a -> throw new CodecException("an append's answer to a read");
            case Reply.Conflict c -> throw new CodecException("an append's answer to a read");
            case Reply.BrokenChain b -> throw new CodecException("an append's answer to a read");
        };
    }

    private static Reply reply(RaftClientReply reply) {
        return Wire.reply(reply.getMessage().getContent());
    }

    @Override
    public void close() {
        tails.close();
        caller.close();
        var here = server;
        if (here != null) {
            here.close();
        }
    }

    /**
     * What is kept in {@code storage} takes part in the log as that disk only, whenever it starts; forced to disk. It has to be there
     * before anything says that a log may be started in it: an empty one by the voter's name alone would be the peer that it was before,
     * without what that one voted and acknowledged.
     */
    public static void reserve(Path storage, String voter, UUID disk) throws IOException {
        LogPeer.write(storage, LogPeer.of(voter, disk));
    }

    /**
     * Lets the disk {@code disk} of this node, which holds no log, take part in the Raft group in place of the disk that this voter had
     * before: that one is removed first, then this one starts in {@code storage}, then it is added. Each step may be done again, and
     * one that is done already is left out. Blocks; throws {@link IOException} where a step was not seen to be done.
     */
    public synchronized void join(Path storage, UUID disk) throws IOException {
        RaftPeerId self = LogPeer.of(settings.node(), disk);
        if (!LogPeer.of(settings.node(), storage).equals(self)) {
            throw new IOException(
                    storage + " is kept for " + LogPeer.of(settings.node(), storage) + ", not for " + self);
        }
        var change = new PeerChange(caller, settings);
        List<RaftPeer> peers = change.current();
        if (peers.stream().noneMatch(peer -> peer.getId().equals(self))) {
            peers = change.without(peers, settings.node());
        }
        if (server == null) {
            var started = VoterServer.start(
                    RatisSettings.voter(settings.node(), settings.voters(), storage)
                            .like(settings),
                    tails::signal);
            server = started;
            caller.here(started);
        }
        change.with(peers, self);
    }
}
