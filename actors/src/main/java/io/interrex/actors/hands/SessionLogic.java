package io.interrex.actors.hands;

import io.interrex.actors.hands.HandsCodec.NotAMessage;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.hands.HandsMessage.Hello;
import java.time.Duration;
import java.util.function.Supplier;
import javax.net.ssl.SSLSession;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * What both ends of a connection have in common: Hello first, within its time; then frames; nothing heard for too long, or
 * anything that is not understood: closed, with one reason. Reads no more than {@link #FRAMES_PER_TICK_MAX} frames
 * between two ticks, so that a peer gone mad is slowed by TCP instead of filling our memory.
 */
abstract class SessionLogic extends TimerGraphStageLogic {

    static final int FRAMES_PER_TICK_MAX = 2000;

    private static final String TICK = "tick";
    private static final String SILENCE = "silence";
    private static final String OUTPUT_GONE = "output gone";
    private static final Duration WAIT_FOR_REASON = Duration.ofMillis(20);

    final FlowShape<ByteString, ByteString> shape;
    final HandsCodec codec;
    final Greeting greeting;
    private final HandsTimings timings;
    private final Supplier<@Nullable SSLSession> tls;
    private final @Nullable String expected;
    private final SessionListener listener;

    private @Nullable String peer;
    private @Nullable String why;
    private long silentSince;
    private long lastTick;
    private int framesSinceTick;

    SessionLogic(FlowShape<ByteString, ByteString> shape, Session session, @Nullable String expected) {
        super(shape);
        this.shape = shape;
        this.codec = session.codec();
        this.greeting = session.greeting();
        this.timings = session.timings();
        this.tls = session.tls();
        this.listener = session.listener();
        this.expected = expected;
        setHandler(shape.in(), new Input());
        setHandler(shape.out(), new Output());
    }

    /** Once, after a right Hello. @param format of this connection */
    abstract void onOpen(int format);

    abstract void onMessage(HandsMessage message);

    /** How often this end looks at its connection, at least. */
    abstract Duration tickEvery();

    /**
     * From now until the next look, never longer than {@code tickEvery}. What all connections of a node have in common decides it: looks
     * that come together cost one wake-up.
     */
    abstract Duration untilTick(long nowNs);

    /** With each look while open. */
    abstract void onTick();

    /** The next bytes to send, one or more whole frames, or null. */
    abstract @Nullable ByteString next();

    final Duration beatEvery() {
        return timings.beatEvery();
    }

    final boolean isOpen() {
        return peer != null;
    }

    final void deliver(HandsMessage message) {
        if (peer != null) {
            listener.received(peer, message, silentSince);
        }
    }

    final void flush() {
        if (isAvailable(shape.out())) {
            ByteString bytes = next();
            if (bytes != null) {
                push(shape.out(), bytes);
            }
        }
    }

    final void close(String reason) {
        if (why == null) {
            why = reason;
        }
        failStage(new Closed(reason));
    }

    @Override
    public void preStart() {
        silentSince = System.nanoTime();
        lastTick = silentSince;
        scheduleOnce(TICK, untilTick(silentSince));
        pull(shape.in());
    }

    @Override
    public void postStop() {
        listener.closed(why == null ? "stopped" : why);
    }

    @Override
    public void onTimer(Object key) {
        if (key.equals(OUTPUT_GONE)) {
            close("the connection was closed");
        } else if (key.equals(SILENCE)) {
            closeIfSilent(System.nanoTime());
        } else {
            onTickOfClock();
        }
    }

    private void onTickOfClock() {
        long now = System.nanoTime();
        boolean ownPause =
                now - lastTick > tickEvery().plus(timings.beatEvery()).toNanos();
        if (ownPause) {
            // what came meanwhile waits to be read: the silence may be ours
            silentSince = Math.max(silentSince, now - limit().toNanos() / 2);
        }
        lastTick = now;
        if (closeIfSilent(now)) {
            return;
        }
        Duration left = limit().minusNanos(now - silentSince);
        if (left.compareTo(tickEvery()) < 0) {
            scheduleOnce(SILENCE, left.plusMillis(1));
        }
        framesSinceTick = 0;
        if (!hasBeenPulled(shape.in())) {
            pull(shape.in());
        }
        if (isOpen()) {
            onTick();
            flush();
        }
        scheduleOnce(TICK, untilTick(System.nanoTime()));
    }

    private boolean closeIfSilent(long now) {
        boolean silent = now - silentSince > limit().toNanos();
        if (silent) {
            close((isOpen() ? "nothing heard for " : "no Hello within ") + limit().toMillis() + " ms");
        }
        return silent;
    }

    private Duration limit() {
        return isOpen() ? timings.silentMax() : timings.helloMax();
    }

    private void onFrame(ByteString frame) {
        silentSince = System.nanoTime();
        HandsMessage message;
        try {
            message = peer == null ? codec.decodeFirst(frame) : codec.decode(frame);
        } catch (NotAMessage e) {
            close("a frame of " + frame.size() + " bytes was not understood: " + e.getMessage());
            return;
        }
        if (peer == null) {
            greet(message);
        } else {
            listener.heard(peer, silentSince);
            onMessage(message);
        }
        flush();
    }

    private void greet(HandsMessage first) {
        String refusal = greeting.refusal(first, expected, tls.get());
        if (refusal == null && first instanceof Hello hello) {
            peer = hello.node();
            AsyncCallback<String> closer = createAsyncCallback(this::close);
            listener.opened(hello, closer::invoke);
            listener.heard(hello.node(), silentSince);
            onOpen(greeting.own().formatWith(hello));
        } else {
            close(String.valueOf(refusal));
        }
    }

    private final class Input extends AbstractInHandler {
        @Override
        public void onPush() {
            onFrame(grab(shape.in()));
            if (++framesSinceTick < FRAMES_PER_TICK_MAX && !isClosed(shape.in())) {
                pull(shape.in());
            }
        }

        @Override
        public void onUpstreamFinish() {
            close("the other side closed the connection");
        }

        @Override
        public void onUpstreamFailure(Throwable cause) {
            if (why == null) {
                why = cause instanceof Closed ? String.valueOf(cause.getMessage()) : describe(cause);
            }
            failStage(cause);
        }
    }

    private final class Output extends AbstractOutHandler {
        @Override
        public void onPull() {
            flush();
        }

        @Override
        public void onDownstreamFinish(Throwable cause) {
            // TLS cancels first and says why on the input, a moment later
            scheduleOnce(OUTPUT_GONE, WAIT_FOR_REASON);
        }
    }

    private static String describe(Throwable cause) {
        String message = cause.getMessage();
        if (message == null) {
            return cause.getClass().getSimpleName();
        }
        int reason = message.lastIndexOf(" failed because of ");
        return reason < 0 ? message : message.substring(reason + " failed because of ".length());
    }

    /** Ends a connection on purpose; carries no stack. */
    static final class Closed extends Exception {
        private static final long serialVersionUID = 1L;

        Closed(String why) {
            super(why, null, false, false);
        }
    }
}
