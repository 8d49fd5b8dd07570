package io.interrex.persistence.codec;

import io.interrex.cluster.port.Envelope;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The canonical bytes of an {@link Envelope}: a format number, every field in the order of the record with its length in
 * front, and the hash at the end. The hash is SHA-256 over all bytes before it, the previous hash included, so that equal
 * hashes mean equal histories. Numbers are big-endian; text is UTF-8.
 *
 * <p>Binary and not JSON, because a hash over JSON depends on how somebody writes numbers and escapes.
 */
public final class EnvelopeBytes {

    /** The previous hash of a stream's first event. */
    public static final String NO_HASH = "0".repeat(64);

    private static final byte FORMAT = 1;
    private static final int HASH_BYTES = 32;

    private EnvelopeBytes() {}

    /** A copy of {@code unsealed} with its hash computed; its own {@code hash} is ignored. */
    public static Envelope seal(Envelope unsealed) {
        String hash = HexFormat.of().formatHex(sha256(canonical(unsealed)));
        return new Envelope(
                unsealed.stream(),
                unsealed.version(),
                unsealed.id(),
                unsealed.epoch(),
                unsealed.wallMs(),
                unsealed.monoNs(),
                unsealed.node(),
                unsealed.name(),
                unsealed.schema(),
                unsealed.cause(),
                unsealed.settings(),
                unsealed.payload(),
                unsealed.command(),
                unsealed.previousHash(),
                hash);
    }

    /** Whether the hash is that of the fields; not so where they are none that could have been stored. */
    public static boolean isIntact(Envelope envelope) {
        try {
            return HexFormat.of().formatHex(sha256(canonical(envelope))).equals(envelope.hash());
        } catch (CodecException e) {
            return false;
        }
    }

    public static byte[] encode(Envelope envelope) {
        byte[] fields = canonical(envelope);
        return ByteBuffer.allocate(fields.length + HASH_BYTES)
                .put(fields)
                .put(hash(envelope.hash(), "hash"))
                .array();
    }

    /** Throws {@link CodecException} for bytes that are no envelope or whose hash is not that of its fields. */
    public static Envelope decode(byte[] bytes) {
        if (bytes.length <= HASH_BYTES) {
            throw new CodecException("an envelope has more than " + HASH_BYTES + " bytes, this one " + bytes.length);
        }
        var in = ByteBuffer.wrap(bytes);
        try {
            byte format = in.get();
            if (format != FORMAT) {
                throw new CodecException("envelope format " + format + " is unknown (this version reads " + FORMAT
                        + "): written by a newer version; upgrade this node");
            }
            var envelope = new Envelope(
                    text(in),
                    in.getLong(),
                    uuid(in),
                    in.getLong(),
                    in.getLong(),
                    in.getLong(),
                    text(in),
                    text(in),
                    in.getInt(),
                    uuid(in),
                    text(in),
                    text(in),
                    optionalText(in),
                    hex(in),
                    hex(in));
            if (in.hasRemaining()) {
                throw new CodecException(
                        in.remaining() + " bytes too many after the envelope of event " + envelope.id());
            }
            verifyHash(bytes, envelope);
            return envelope;
        } catch (BufferUnderflowException e) {
            throw new CodecException("an envelope of " + bytes.length + " bytes ends too early: it is damaged", e);
        }
    }

    private static void verifyHash(byte[] bytes, Envelope envelope) {
        var digest = digest();
        digest.update(bytes, 0, bytes.length - HASH_BYTES);
        if (!HexFormat.of().formatHex(digest.digest()).equals(envelope.hash())) {
            throw new CodecException("the hash of event " + envelope.id() + " (" + envelope.stream() + " version "
                    + envelope.version() + ") is not that of its fields: it is damaged or was altered");
        }
    }

    private static byte[] canonical(Envelope e) {
        byte[] stream = utf8(e.stream());
        byte[] node = utf8(e.node());
        byte[] name = utf8(e.name());
        byte[] settings = utf8(e.settings());
        byte[] payload = utf8(e.payload());
        String command = e.command();
        byte[] commandBytes = command == null ? new byte[0] : utf8(command);
        int texts = stream.length + node.length + name.length + settings.length + payload.length + commandBytes.length;
        int fixed = 1 + 6 * Integer.BYTES + 4 * Long.BYTES + 2 * 2 * Long.BYTES + Integer.BYTES + 1 + HASH_BYTES;
        var out = ByteBuffer.allocate(fixed + texts);
        out.put(FORMAT);
        put(out, stream);
        out.putLong(e.version());
        put(out, e.id());
        out.putLong(e.epoch()).putLong(e.wallMs()).putLong(e.monoNs());
        put(out, node);
        put(out, name);
        out.putInt(e.schema());
        put(out, e.cause());
        put(out, settings);
        put(out, payload);
        out.put((byte) (command == null ? 0 : 1));
        put(out, commandBytes);
        out.put(hash(e.previousHash(), "previous hash"));
        return out.array();
    }

    private static void put(ByteBuffer out, byte[] text) {
        out.putInt(text.length).put(text);
    }

    private static void put(ByteBuffer out, UUID id) {
        out.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    private static UUID uuid(ByteBuffer in) {
        return new UUID(in.getLong(), in.getLong());
    }

    private static @Nullable String optionalText(ByteBuffer in) {
        byte present = in.get();
        String text = text(in);
        if (present != 1 && (present != 0 || !text.isEmpty())) {
            throw new CodecException("an envelope neither has a command nor has none: it is damaged");
        }
        return present == 1 ? text : null;
    }

    private static String text(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new CodecException(
                    "a text of " + length + " bytes in an envelope with " + in.remaining() + " left: it is damaged");
        }
        var slice = in.slice(in.position(), length);
        in.position(in.position() + length);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(slice)
                    .toString();
        } catch (CharacterCodingException e) {
            throw new CodecException("an envelope holds text that is not UTF-8: it is damaged", e);
        }
    }

    private static byte[] utf8(String text) {
        try {
            var encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new CodecException("text with half a surrogate pair cannot be stored", e);
        }
    }

    private static String hex(ByteBuffer in) {
        byte[] bytes = new byte[HASH_BYTES];
        in.get(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static byte[] hash(String hex, String what) {
        if (hex.length() != 2 * HASH_BYTES) {
            throw new CodecException("the " + what + " of an event has 64 hexadecimal digits, not " + hex.length());
        }
        try {
            return HexFormat.of().parseHex(hex);
        } catch (IllegalArgumentException e) {
            throw new CodecException("the " + what + " of an event is not hexadecimal", e);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        return digest().digest(bytes);
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256, this one does not", e);
        }
    }
}
