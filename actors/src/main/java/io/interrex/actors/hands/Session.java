package io.interrex.actors.hands;

import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.hands.HandsMessage.Beat;
import java.time.Duration;
import java.util.function.Supplier;
import javax.net.ssl.SSLSession;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * One connection as a stage: frames in, bytes of frames out. The end that dialled sends messages and beats and hears only the echo
 * of its beats, which proves that both directions live; the end that accepted hears messages and sends only echoes.
 *
 * @param tls session of the connection, null with plain TCP or before its handshake
 */
record Session(
        HandsCodec codec,
        Greeting greeting,
        HandsTimings timings,
        Supplier<@Nullable SSLSession> tls,
        SessionListener listener) {

    GraphStage<FlowShape<ByteString, ByteString>> dialled(String peer, Outbox outbox) {
        return new Stage(shape -> new Dialled(shape, this, peer, outbox));
    }

    GraphStage<FlowShape<ByteString, ByteString>> accepted() {
        return new Stage(shape -> new Accepted(shape, this));
    }

    private interface Logic {
        GraphStageLogic on(FlowShape<ByteString, ByteString> shape);
    }

    private static final class Stage extends GraphStage<FlowShape<ByteString, ByteString>> {
        private final FlowShape<ByteString, ByteString> shape =
                FlowShape.of(Inlet.<ByteString>create("frames.in"), Outlet.<ByteString>create("frames.out"));
        private final Logic logic;

        Stage(Logic logic) {
            this.logic = logic;
        }

        @Override
        public FlowShape<ByteString, ByteString> shape() {
            return shape;
        }

        @Override
        public GraphStageLogic createLogic(Attributes attributes) {
            return logic.on(shape);
        }
    }

    private static final class Dialled extends SessionLogic {
        /** What waits goes out in one write of about this many bytes: a round of messages costs one system call. */
        private static final int WRITE_ENOUGH = 32_768;

        private final Outbox outbox;
        private @Nullable ByteString urgent;
        private @Nullable Runnable wake;
        private long beat;
        private long beatAt;

        Dialled(FlowShape<ByteString, ByteString> shape, Session session, String peer, Outbox outbox) {
            super(shape, session, peer);
            this.outbox = outbox;
            this.urgent = Wire.frame(codec.encode(greeting.own()));
        }

        @Override
        void onOpen(int format) {
            AsyncCallback<String> flush = createAsyncCallback(ignored -> flush());
            Runnable taker = () -> flush.invoke("");
            wake = taker;
            beatAt = System.nanoTime() - beatEvery().toNanos();
            outbox.attach(taker, format);
        }

        @Override
        void onMessage(HandsMessage message) {
            if (!(message instanceof Beat)) {
                close("a " + message.getClass().getSimpleName() + " came where only the echo of a beat may");
            }
        }

        /** A little more than a beat, so that a status that is sent as often carries it before the look finds it due. */
        @Override
        Duration tickEvery() {
            return beatEvery().plus(beatEvery().dividedBy(8));
        }

        /** When the last beat is too old, unless another rides until then: the beats of a node's connections ride together. */
        @Override
        Duration untilTick(long nowNs) {
            Duration due = tickEvery().minusNanos(nowNs - beatAt);
            Duration soonest = tickEvery().dividedBy(4);
            return isOpen() && due.compareTo(tickEvery()) < 0
                    ? due.compareTo(soonest) < 0 ? soonest : due
                    : tickEvery();
        }

        @Override
        void onTick() {
            if (isBeatOlderThan(beatEvery())) {
                urgent = beat();
            }
        }

        private ByteString beat() {
            beatAt = System.nanoTime();
            return Wire.frame(codec.encode(new Beat(++beat)));
        }

        private boolean isBeatOlderThan(Duration age) {
            return System.nanoTime() - beatAt >= age.toNanos();
        }

        @Override
        @Nullable
        ByteString next() {
            ByteString bytes = urgent == null ? ByteString.emptyByteString() : urgent;
            urgent = null;
            ByteString payload = isOpen() ? outbox.poll(System.nanoTime()) : null;
            while (payload != null) {
                bytes = bytes.concat(Wire.frame(payload));
                payload = bytes.size() < WRITE_ENOUGH ? outbox.poll(System.nanoTime()) : null;
            }
            // a beat that rides on what is sent anyway costs no packet of its own, and the next turn needs none
            boolean rides =
                    !bytes.isEmpty() && isOpen() && isBeatOlderThan(beatEvery().dividedBy(4));
            return rides ? bytes.concat(beat()) : bytes.isEmpty() ? null : bytes;
        }

        @Override
        public void postStop() {
            if (wake != null) {
                outbox.detach(wake);
            }
            super.postStop();
        }
    }

    private static final class Accepted extends SessionLogic {
        private @Nullable ByteString answer;

        Accepted(FlowShape<ByteString, ByteString> shape, Session session) {
            super(shape, session, null);
        }

        @Override
        void onOpen(int format) {
            answer = Wire.frame(codec.encode(greeting.own()));
        }

        @Override
        void onMessage(HandsMessage message) {
            if (message instanceof Beat beat) {
                answer = Wire.frame(codec.encode(beat));
            } else {
                deliver(message);
            }
        }

        /** It has no beats of its own to send, and a silence has a timer of its own. */
        @Override
        Duration tickEvery() {
            return beatEvery().multipliedBy(2);
        }

        @Override
        Duration untilTick(long nowNs) {
            long everyNs = tickEvery().toNanos();
            return Duration.ofNanos(everyNs - Math.floorMod(nowNs, everyNs));
        }

        @Override
        void onTick() {}

        @Override
        @Nullable
        ByteString next() {
            ByteString frame = answer;
            answer = null;
            return frame;
        }
    }
}
