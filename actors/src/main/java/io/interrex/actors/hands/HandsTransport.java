package io.interrex.actors.hands;

import io.interrex.actors.Endpoint;
import io.interrex.cluster.hands.HandsMessage;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries messages between the hands of the nodes: each node dials each peer, sends on what it dialled and receives on
 * what it accepted. A message may be lost (a full queue, a broken connection), it is never repeated and never blocks its
 * sender; those about leases go first. No membership: a peer is connected or not, and is dialled until it is.
 */
public final class HandsTransport {

    private static final Logger LOG = LoggerFactory.getLogger(HandsTransport.class);
    private static final AtomicLong ACTORS = new AtomicLong();

    /** Where connections run, of reference.conf. */
    static final String DISPATCHER = "interrex.hands.wire-dispatcher";

    /**
     * A peer as status shows it.
     *
     * @param lastHeardNanos as {@link System#nanoTime()}; empty: never
     * @param queued messages that wait for it
     * @param dropped messages that were given up since the start
     */
    public record Peer(String node, boolean connected, OptionalLong lastHeardNanos, int queued, long dropped) {}

    private record Line(Endpoint endpoint, Outbox outbox, ActorRef<Link.Command> link) {}

    private final Hub hub;
    private final Acceptor acceptor;
    private final ActorSystem<?> system;
    private final Map<String, Line> lines = new ConcurrentSkipListMap<>();
    private volatile InetSocketAddress address = new InetSocketAddress(0);

    private HandsTransport(ActorSystem<?> system, HandsSettings settings, Consumer<Incoming> receiver) {
        this.system = system;
        hub = new Hub(settings, receiver);
        settings.peers().forEach(this::dial);
        acceptor = new Acceptor(system, hub, this::knock);
    }

    private void dial(String peer, Endpoint endpoint) {
        HandsSettings settings = hub.settings();
        var outbox =
                new Outbox(settings.queueMax(), settings.timings().queueFor().toNanos());
        var link = system.systemActorOf(
                Behaviors.supervise(Link.create(hub, peer, endpoint, outbox))
                        .onFailure(SupervisorStrategy.restartWithBackoff(
                                settings.timings().backOffMin(),
                                settings.timings().backOffMax(),
                                0)),
                "hands-link-" + ACTORS.incrementAndGet(),
                DispatcherSelector.fromConfig(DISPATCHER));
        lines.put(peer, new Line(endpoint, outbox, link));
    }

    /** From now on these are the other nodes: who is none of them is neither dialled nor listened to. */
    public synchronized void use(Map<String, Endpoint> peers) {
        hub.settings().requireSafe(peers);
        hub.use(peers);
        lines.forEach((peer, line) -> {
            if (!line.endpoint().equals(peers.get(peer))) {
                lines.remove(peer);
                line.link().tell(Link.Stop.STOP);
                acceptor.forget(peer);
            }
        });
        peers.forEach((peer, endpoint) -> {
            if (!lines.containsKey(peer)) {
                dial(peer, endpoint);
            }
        });
    }

    /**
     * Listens and begins to dial. Fails where the address is in use.
     *
     * @param system a plain one, without a cluster
     * @param receiver is told everything that comes in, on the thread of the connections; it must not block
     */
    public static CompletionStage<HandsTransport> start(
            ActorSystem<?> system, HandsSettings settings, Consumer<Incoming> receiver) {
        var transport = new HandsTransport(system, settings, receiver);
        return transport.acceptor.listen().handle((bound, failure) -> {
            if (failure != null) {
                transport.stopLinks();
                throw new IllegalStateException(
                        "cannot listen for the hands' protocol at " + settings.bind() + ": "
                                + (failure.getCause() == null ? failure : failure.getCause()).getMessage()
                                + "; is another node running with this address?",
                        failure);
            }
            transport.address = bound;
            LOG.info("listening for the hands of {} at {}", transport.lines.keySet(), bound);
            return transport;
        });
    }

    /**
     * Queues a message. To the own name it is delivered at once.
     *
     * @return false where it was dropped already: an unknown node, too large, or a queue full of lease traffic
     */
    public boolean send(String node, HandsMessage message) {
        if (node.equals(hub.settings().node())) {
            hub.receiver().accept(new Incoming.Message(node, message, System.nanoTime()));
            return true;
        }
        Line line = lines.get(node);
        if (line == null) {
            hub.quiet().warn("a message for node '" + node + "', which is not configured, was dropped");
            return false;
        }
        return offerAll(List.of(line), message) == 1;
    }

    /** Queues a message for every peer (not for the own node) and returns for how many it found a place. */
    public int broadcast(HandsMessage message) {
        return offerAll(lines.values(), message);
    }

    /** When anything of that node was heard last, as {@link System#nanoTime()}; empty: never since our start. */
    public OptionalLong lastHeardNanos(String node) {
        Long at = hub.heardAtNanos(node);
        return at == null ? OptionalLong.empty() : OptionalLong.of(at);
    }

    /** Whether what is sent to that node leaves at once. */
    public boolean isConnected(String node) {
        return hub.isUp(node);
    }

    /** The highest format that every configured node and this one know; 0 while not all of them are connected. */
    public int commonFormat() {
        return hub.commonFormat();
    }

    /** Where this node listens, also where it was told to take any port. */
    public InetSocketAddress address() {
        return address;
    }

    public List<Peer> peers() {
        return lines.entrySet().stream()
                .map(line -> new Peer(
                        line.getKey(),
                        isConnected(line.getKey()),
                        lastHeardNanos(line.getKey()),
                        line.getValue().outbox().size(),
                        line.getValue().outbox().dropped()))
                .toList();
    }

    /** Ends all connections and stops listening; the system goes on. */
    public CompletionStage<Done> close() {
        CompletionStage<Done> unbound = acceptor.close();
        stopLinks();
        return unbound;
    }

    private void stopLinks() {
        lines.values().forEach(line -> line.link().tell(Link.Stop.STOP));
        hub.endAll();
    }

    private void knock(String peer) {
        Line line = lines.get(peer);
        if (line != null) {
            line.link().tell(Link.Knock.KNOCK);
        }
    }

    private int offerAll(Iterable<Line> to, HandsMessage message) {
        boolean aboutLease = isAboutLease(message);
        long now = System.nanoTime();
        int queued = 0;
        int written = 0;
        ByteString frame = ByteString.emptyByteString();
        for (Line line : to) {
            int format = line.outbox().format();
            if (format != written) {
                frame = written(message, format);
                written = format;
            }
            queued += !frame.isEmpty() && line.outbox().offer(frame, format, aboutLease, now) ? 1 : 0;
        }
        return queued;
    }

    /** Empty where a node of that format would not understand it. */
    private ByteString written(HandsMessage message, int format) {
        try {
            return hub.codec().encode(message, format);
        } catch (IllegalArgumentException e) {
            hub.quiet().warn("a message was not sent: " + e.getMessage());
            return ByteString.emptyByteString();
        }
    }

    static boolean isAboutLease(HandsMessage message) {
        return switch (message) {
            case HandsMessage.Renew m -> true;
            case HandsMessage.Ack m -> true;
            case HandsMessage.Nack m -> true;
            case HandsMessage.Release m -> true;
            case HandsMessage.Fenced m -> true;
            case HandsMessage.AskVoter m -> true;
            case HandsMessage.VoterAnswer m -> true;
            case HandsMessage.Revoke m -> true;
            case HandsMessage.RevokeAnswer m -> true;
            case HandsMessage.Hello m -> false;
            case HandsMessage.Beat m -> false;
            case HandsMessage.Charter m -> false;
            case HandsMessage.AskPromises m -> false;
            case HandsMessage.Promises m -> false;
            case HandsMessage.Status m -> false;
            case HandsMessage.Hold m -> false;
            case HandsMessage.Routed m -> false;
            case HandsMessage.Committed m -> false;
            case HandsMessage.Submit m -> false;
            case HandsMessage.SubmitAnswer m -> false;
        };
    }
}
