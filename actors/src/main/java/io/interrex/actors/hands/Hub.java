package io.interrex.actors.hands;

import io.interrex.actors.Endpoint;
import io.interrex.cluster.format.Format;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLSession;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.SharedKillSwitch;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What all connections of one transport share: settings, receiver, and when each peer was heard last. Thread-safe. */
final class Hub {

    private final HandsSettings settings;
    private final Consumer<Incoming> receiver;
    private final HandsCodec codec = new HandsCodec();
    private final Greeting greeting;
    private final QuietLog quiet = new QuietLog(LoggerFactory.getLogger(HandsTransport.class));
    private final SharedKillSwitch killSwitch = KillSwitches.shared("hands");
    private volatile Map<String, Endpoint> peers;
    private final Map<String, Long> heardAtNanos = new ConcurrentHashMap<>();
    /** Who is connected, and the highest format that it knows. */
    private final Map<String, Integer> up = new ConcurrentHashMap<>();

    Hub(HandsSettings settings, Consumer<Incoming> receiver) {
        this.settings = settings;
        this.receiver = receiver;
        this.peers = settings.peers();
        this.greeting = new Greeting(settings, node -> peers.containsKey(node));
        codec.warmUp();
    }

    HandsSettings settings() {
        return settings;
    }

    /** The other nodes now; they may be others than at the start. */
    Map<String, Endpoint> peers() {
        return peers;
    }

    void use(Map<String, Endpoint> now) {
        peers = Map.copyOf(now);
    }

    Consumer<Incoming> receiver() {
        return receiver;
    }

    HandsCodec codec() {
        return codec;
    }

    QuietLog quiet() {
        return quiet;
    }

    /** The same connection, which {@link #endAll} ends. */
    Flow<ByteString, ByteString, NotUsed> endable(Flow<ByteString, ByteString, NotUsed> connection) {
        return Flow.<ByteString>create().via(killSwitch.flow()).via(connection);
    }

    void endAll() {
        killSwitch.abort(new SessionLogic.Closed("the transport is closed"));
    }

    Session session(Supplier<@Nullable SSLSession> tls, SessionListener listener) {
        return new Session(codec, greeting, settings.timings(), tls, listener);
    }

    void heard(String node, long atNanos) {
        heardAtNanos.merge(node, atNanos, (before, now) -> now - before > 0 ? now : before);
    }

    @Nullable
    Long heardAtNanos(String node) {
        return heardAtNanos.get(node);
    }

    void up(String peer, long incarnation, int format, long atNanos) {
        up.put(peer, format);
        quiet.info("connected to node " + peer + " (incarnation " + incarnation + ", format " + format + ")");
        receiver.accept(new Incoming.PeerUp(peer, incarnation, atNanos));
    }

    void down(String peer, String why, long atNanos) {
        up.remove(peer);
        receiver.accept(new Incoming.PeerDown(peer, why, atNanos));
    }

    boolean isUp(String peer) {
        return up.containsKey(peer);
    }

    /** The highest format that all nodes know; 0 while one is not connected. */
    int commonFormat() {
        int lowest = Format.CURRENT;
        for (String peer : peers.keySet()) {
            lowest = Math.min(lowest, up.getOrDefault(peer, 0));
        }
        return lowest;
    }
}
