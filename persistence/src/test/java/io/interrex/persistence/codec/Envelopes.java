package io.interrex.persistence.codec;

import io.interrex.cluster.port.Envelope;
import io.interrex.persistence.Samples;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Envelopes to be changed, and how a hash is made that fits what was changed. */
public final class Envelopes {

    private static final int HASH_BYTES = 32;

    private Envelopes() {}

    /** Three of one stream, without and with a command. */
    public static List<Envelope> samples() {
        var found = new ArrayList<Envelope>();
        Envelope last = null;
        for (int i = 0; i < 3; i++) {
            last = Samples.event(last, "group/main", new UUID(7, i), "ä€" + i);
            found.add(i == 1 ? withCommand(last) : last);
        }
        return found;
    }

    private static Envelope withCommand(Envelope e) {
        return EnvelopeBytes.seal(new Envelope(
                e.stream(),
                e.version(),
                e.id(),
                e.epoch(),
                e.wallMs(),
                e.monoNs(),
                e.node(),
                e.name(),
                e.schema(),
                e.cause(),
                e.settings(),
                e.payload(),
                "{\"name\":\"OrderMode\"}",
                e.previousHash(),
                ""));
    }

    /** The same bytes with the last 32 replaced by the hash of those before them. */
    public static byte[] sealed(byte[] bytes) {
        int fields = Math.max(0, bytes.length - HASH_BYTES);
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, 0, fields);
            return ByteBuffer.allocate(fields + HASH_BYTES)
                    .put(bytes, 0, fields)
                    .put(digest.digest())
                    .array();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
