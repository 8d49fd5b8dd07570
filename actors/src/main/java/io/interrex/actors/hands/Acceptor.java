package io.interrex.actors.hands;

import io.interrex.actors.Endpoint;
import io.interrex.cluster.hands.HandsMessage;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.Tcp;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/** Takes the connections of peers: one per peer, the newest; a bounded number of strangers that have yet to say Hello. */
final class Acceptor {

    private static final int BACKLOG = 64;
    private static final Duration LISTEN_AGAIN_AFTER = Duration.ofMillis(200);

    private final ActorSystem<?> system;
    private final Hub hub;
    private final Consumer<String> onPeer;
    private final AtomicInteger connections = new AtomicInteger();
    private final Map<String, Ear> current = new ConcurrentHashMap<>();
    private volatile boolean closed;
    private volatile Tcp.@Nullable ServerBinding binding;

    /** @param onPeer is told the name of each peer that has connected */
    Acceptor(ActorSystem<?> system, Hub hub, Consumer<String> onPeer) {
        this.system = system;
        this.hub = hub;
        this.onPeer = onPeer;
    }

    private int connectionsMax() {
        return 4 * hub.peers().size() + 16;
    }

    /** Who is no peer any more is not listened to. */
    void forget(String peer) {
        Ear ear = current.get(peer);
        Consumer<String> end = ear == null ? null : ear.closer;
        if (end != null) {
            end.accept(stranger(peer));
        }
    }

    private static String stranger(String peer) {
        return "node " + peer + " is none of this node's configuration any more";
    }

    /** Completes with the address that it listens at; fails where that is in use. */
    CompletionStage<InetSocketAddress> listen() {
        Endpoint bind = hub.settings().bind();
        Pair<CompletionStage<Tcp.ServerBinding>, CompletionStage<Done>> running = Tcp.get(system)
                .bind(bind.host(), bind.port(), BACKLOG, Link.SOCKET_OPTIONS, false, Optional.<Duration>empty())
                .toMat(Sink.foreach(this::accept), Keep.both())
                .run(system);
        return running.first().thenApply(bound -> {
            binding = bound;
            running.second().whenComplete((done, failure) -> onEnded(failure));
            return bound.localAddress();
        });
    }

    CompletionStage<Done> close() {
        closed = true;
        Tcp.ServerBinding bound = binding;
        return bound == null
                ? CompletableFuture.completedStage(Done.getInstance())
                : bound.unbind().thenApply(nothing -> Done.getInstance());
    }

    private void onEnded(@Nullable Throwable failure) {
        if (!closed) {
            hub.quiet()
                    .warn("listening at " + hub.settings().bind() + " ended ("
                            + (failure == null ? "no reason given" : failure) + "); listening again");
            system.scheduler().scheduleOnce(LISTEN_AGAIN_AFTER, this::listenAgain, system.executionContext());
        }
    }

    private void listenAgain() {
        listen().whenComplete((address, failure) -> {
            if (failure != null) {
                onEnded(failure);
            }
        });
    }

    private void accept(Tcp.IncomingConnection connection) {
        String remote = connection.remoteAddress().toString();
        int max = connectionsMax();
        if (connections.incrementAndGet() > max) {
            connections.decrementAndGet();
            hub.quiet()
                    .warn("refused a connection from "
                            + connection.remoteAddress().getAddress() + ": " + max
                            + " are open already; find out who opens them");
            connection.handleWith(
                    Flow.<ByteString, ByteString>fromSinkAndSource(Sink.cancelled(), Source.empty()), system);
            return;
        }
        HandsTls tls = hub.settings().tls();
        Supplier<SSLEngine> engine = tls == null ? null : tls.accept();
        connection.handleWith(
                hub.endable(Wire.flow(
                                engine, ssl -> hub.session(ssl, new Ear(remote)).accepted()))
                        .addAttributes(ActorAttributes.dispatcher(HandsTransport.DISPATCHER)),
                system);
    }

    final class Ear implements SessionListener {
        private final String remote;
        private @Nullable String peer;
        private volatile @Nullable Consumer<String> closer;

        Ear(String remote) {
            this.remote = remote;
        }

        @Override
        public void opened(HandsMessage.Hello hello, Consumer<String> close) {
            peer = hello.node();
            closer = close;
            Ear before = current.put(hello.node(), this);
            if (before != null && before.closer != null) {
                before.closer.accept("the peer opened a newer connection");
            }
            if (!hub.peers().containsKey(hello.node())) {
                // it was forgotten after its greeting was read, and before it was found here
                close.accept(stranger(hello.node()));
                return;
            }
            onPeer.accept(hello.node());
        }

        @Override
        public void heard(String node, long atNanos) {
            hub.heard(node, atNanos);
        }

        @Override
        public void received(String node, HandsMessage message, long atNanos) {
            hub.receiver().accept(new Incoming.Message(node, message, atNanos));
        }

        @Override
        public void closed(String why) {
            connections.decrementAndGet();
            if (peer == null) {
                hub.quiet().warn("closed a connection from " + remote.replaceAll(":\\d+$", "") + ": " + why);
            } else {
                current.remove(peer, this);
                hub.quiet().info("the connection from node " + peer + " ended: " + why);
            }
        }
    }
}
