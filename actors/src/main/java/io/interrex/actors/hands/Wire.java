package io.interrex.actors.hands;

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

/** Puts frames around a session, and TLS around the frames where it is configured. */
final class Wire {

    private Wire() {}

    /** @param stage makes the session; it may ask for the TLS session, null with plain TCP */
    static Flow<ByteString, ByteString, NotUsed> flow(
            @Nullable Supplier<SSLEngine> engine,
            Function<Supplier<@Nullable SSLSession>, GraphStage<FlowShape<ByteString, ByteString>>> stage) {
        AtomicReference<@Nullable SSLSession> session = new AtomicReference<>();
        Flow<ByteString, ByteString, NotUsed> plain =
                Flow.fromGraph(stage.apply(session::get)).join(Framing.simpleFramingProtocol(HandsCodec.FRAME_MAX));
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
