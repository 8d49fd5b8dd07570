package io.interrex.actors.hands;

import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.TLSClosing;
import org.apache.pekko.stream.TLSProtocol;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Framing;
import org.apache.pekko.stream.javadsl.TLS;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what comes in into frames for a session, and puts TLS around both directions where it is configured. A frame is its
 * length in bytes (4 bytes, big-endian, itself not counted) and a payload of at most {@link HandsCodec#FRAME_MAX} bytes.
 */
final class Wire {

    private static final int LENGTH_BYTES = 4;

    private Wire() {}

    static ByteString frame(ByteString payload) {
        return ByteString.createBuilder()
                .putInt(payload.size(), ByteOrder.BIG_ENDIAN)
                .append(payload)
                .result();
    }

    /** @param stage makes the session; it may ask for the TLS session, null with plain TCP */
    static Flow<ByteString, ByteString, NotUsed> flow(
            @Nullable Supplier<SSLEngine> engine,
            Function<Supplier<@Nullable SSLSession>, GraphStage<FlowShape<ByteString, ByteString>>> stage) {
        AtomicReference<@Nullable SSLSession> session = new AtomicReference<>();
        Flow<ByteString, ByteString, NotUsed> plain = Framing.lengthField(
                        LENGTH_BYTES, 0, LENGTH_BYTES + HandsCodec.FRAME_MAX, ByteOrder.BIG_ENDIAN)
                .map(frame -> frame.drop(LENGTH_BYTES))
                .via(stage.apply(session::get));
        return engine == null
                ? plain
                : Flow.<TLSProtocol.SslTlsInbound>create()
                        .map(Wire::bytes)
                        .via(plain)
                        .<TLSProtocol.SslTlsOutbound>map(TLSProtocol.SendBytes::new)
                        .join(TLS.create(engine, session::set, TLSClosing.eagerClose()));
    }

    private static ByteString bytes(TLSProtocol.SslTlsInbound inbound) {
        return inbound instanceof TLSProtocol.SessionBytes decrypted ? decrypted.bytes() : ByteString.emptyByteString();
    }
}
