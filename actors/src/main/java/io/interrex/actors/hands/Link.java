package io.interrex.actors.hands;

import io.interrex.actors.Endpoint;
import io.interrex.cluster.hands.HandsMessage;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.io.Inet;
import org.apache.pekko.io.TcpSO;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Tcp;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/** Keeps the connection to one peer: dials, dials again with back-off, and at once when the peer itself has knocked. */
final class Link extends AbstractBehavior<Link.Command> {

    static final List<Inet.SocketOption> SOCKET_OPTIONS = List.of(TcpSO.tcpNoDelay(true));

    sealed interface Command {}

    private enum Dial implements Command {
        NOW
    }

    private record Opened(long incarnation, int format) implements Command {}

    private record Closed(String why) implements Command {}

    /** The peer has dialled us: it is there. */
    enum Knock implements Command {
        KNOCK
    }

    enum Stop implements Command {
        STOP
    }

    private final Hub hub;
    private final String peer;
    private final Outbox outbox;
    private final Endpoint endpoint;
    private final TimerScheduler<Command> timers;
    private final HandsTimings timings;
    private Duration backOff;
    private long dialledAt;
    private long openedAt;
    private boolean open;
    private Ear ear;

    static Behavior<Command> create(Hub hub, String peer, Endpoint endpoint, Outbox outbox) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new Link(context, timers, hub, peer, endpoint, outbox)));
    }

    private Link(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Hub hub,
            String peer,
            Endpoint endpoint,
            Outbox outbox) {
        super(context);
        this.timers = timers;
        this.hub = hub;
        this.peer = peer;
        this.endpoint = endpoint;
        this.outbox = outbox;
        this.timings = hub.settings().timings();
        this.backOff = timings.backOffMin();
        this.ear = new Ear(context.getSelf());
        dial();
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Dial.class, command -> dial())
                .onMessage(Opened.class, this::onOpened)
                .onMessage(Closed.class, this::onClosed)
                .onMessage(Knock.class, command -> onKnock())
                .onMessage(Stop.class, command -> onStop())
                .build();
    }

    private Behavior<Command> dial() {
        timers.cancel(Dial.NOW);
        dialledAt = System.nanoTime();
        HandsTls tls = hub.settings().tls();
        Supplier<SSLEngine> engine = tls == null ? null : () -> tls.dial().apply(peer);
        var listening = new Ear(getContext().getSelf());
        ear = listening;
        Flow<ByteString, ByteString, NotUsed> session =
                Wire.flow(engine, ssl -> hub.session(ssl, listening).dialled(peer, outbox));
        Tcp.get(getContext().getSystem())
                .outgoingConnection(
                        InetSocketAddress.createUnresolved(endpoint.host(), endpoint.port()),
                        Optional.empty(),
                        SOCKET_OPTIONS,
                        false,
                        Optional.of(timings.connectMax()),
                        Optional.empty())
                .join(hub.endable(session))
                .addAttributes(ActorAttributes.dispatcher(HandsTransport.DISPATCHER))
                .run(getContext().getSystem());
        return this;
    }

    private Behavior<Command> onOpened(Opened opened) {
        openedAt = System.nanoTime();
        open = true;
        hub.up(peer, opened.incarnation, opened.format, openedAt);
        return this;
    }

    private Behavior<Command> onClosed(Closed closed) {
        long now = System.nanoTime();
        if (open) {
            open = false;
            hub.down(peer, closed.why, now);
            if (now - openedAt > timings.backOffMax().multipliedBy(2).toNanos()) {
                backOff = timings.backOffMin();
            }
        }
        hub.quiet().info("no connection to node " + peer + " at " + endpoint + ": " + closed.why + "; dialling again");
        Duration rest = backOff.minusNanos(now - dialledAt);
        Duration doubled = backOff.multipliedBy(2);
        backOff = doubled.compareTo(timings.backOffMax()) > 0 ? timings.backOffMax() : doubled;
        if (rest.compareTo(timings.backOffMin()) < 0) {
            rest = timings.backOffMin();
        }
        timers.startSingleTimer(Dial.NOW, Dial.NOW, rest);
        return this;
    }

    private Behavior<Command> onStop() {
        ear.end("node " + peer + " is not dialled any more");
        if (open) {
            hub.down(peer, "it is not dialled any more", System.nanoTime());
        }
        return Behaviors.stopped();
    }

    private Behavior<Command> onKnock() {
        if (timers.isTimerActive(Dial.NOW)) {
            Duration rest = timings.backOffMin().minusNanos(System.nanoTime() - dialledAt);
            timers.startSingleTimer(Dial.NOW, Dial.NOW, rest.isNegative() ? Duration.ZERO : rest);
        }
        return this;
    }

    private final class Ear implements SessionListener {
        private final ActorRef<Command> self;
        private volatile @Nullable Consumer<String> closer;
        private volatile boolean ended;

        Ear(ActorRef<Command> self) {
            this.self = self;
        }

        @Override
        public void opened(HandsMessage.Hello hello, Consumer<String> close) {
            closer = close;
            if (ended) {
                close.accept("it is not dialled any more");
            }
            self.tell(new Opened(hello.incarnation(), hello.protocol()));
        }

        void end(String why) {
            ended = true;
            Consumer<String> close = closer;
            if (close != null) {
                close.accept(why);
            }
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
            self.tell(new Closed(why));
        }
    }
}
