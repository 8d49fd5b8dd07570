package io.interrex.persistence.ratis;

import io.interrex.persistence.codec.CodecException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/** Requests to the replicated state machine and its replies, as bytes. The first byte is the kind; numbers are big-endian. */
final class Wire {

    sealed interface Request {
        /** Goes through the Raft log. */
        record Append(String stream, long expectedVersion, List<byte[]> events) implements Request {}

        /** Answered from a voter's copy; with {@code waitMs} above 0 only when there is something, or after that time. */
        record Read(String stream, long fromVersion, int limit, int waitMs) implements Request {}
    }

    sealed interface Reply {
        record Appended(long version) implements Reply {}

        record Conflict(long version) implements Reply {}

        /** The request breaks a rule of the log; nothing was changed. */
        record Invalid(String reason) implements Reply {}

        /** The append does not continue the hash chain; nothing was changed. */
        record BrokenChain(String reason) implements Reply {}

        record Events(long lastVersion, List<byte[]> events) implements Reply {}
    }

    private static final byte APPEND = 1;
    private static final byte READ = 2;
    private static final byte APPENDED = 11;
    private static final byte CONFLICT = 12;
    private static final byte INVALID = 13;
    private static final byte EVENTS = 14;
    private static final byte BROKEN_CHAIN = 15;

    private Wire() {}

    static ByteString encode(Request request) {
        return switch (request) {
            case Request.Append(var stream, var expected, var events) -> {
                byte[] name = stream.getBytes(StandardCharsets.UTF_8);
                var out = ByteBuffer.allocate(1 + 4 + name.length + 8 + size(events));
                out.put(APPEND).putInt(name.length).put(name).putLong(expected);
                yield finish(put(out, events));
            }
            case Request.Read(var stream, var from, var limit, var waitMs) -> {
                byte[] name = stream.getBytes(StandardCharsets.UTF_8);
                var out = ByteBuffer.allocate(1 + 4 + name.length + 8 + 4 + 4);
                out.put(READ).putInt(name.length).put(name).putLong(from).putInt(limit);
                yield finish(out.putInt(waitMs));
            }
        };
    }

    static ByteString encode(Reply reply) {
        return switch (reply) {
            case Reply.Appended(var version) ->
                finish(ByteBuffer.allocate(9).put(APPENDED).putLong(version));
            case Reply.Conflict(var version) ->
                finish(ByteBuffer.allocate(9).put(CONFLICT).putLong(version));
            case Reply.Invalid(var reason) -> text(INVALID, reason);
            case Reply.BrokenChain(var reason) -> text(BROKEN_CHAIN, reason);
            case Reply.Events(var last, var events) -> {
                var out = ByteBuffer.allocate(9 + size(events)).put(EVENTS).putLong(last);
                yield finish(put(out, events));
            }
        };
    }

    private static ByteString text(byte kind, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        return finish(ByteBuffer.allocate(5 + text.length)
                .put(kind)
                .putInt(text.length)
                .put(text));
    }

    static Request request(ByteString bytes) {
        var in = bytes.asReadOnlyByteBuffer();
        try {
            Request request = switch (in.get()) {
                case APPEND -> new Request.Append(text(in), in.getLong(), list(in));
                case READ -> new Request.Read(text(in), in.getLong(), in.getInt(), in.getInt());
                default -> throw new CodecException("unknown request to the event log: written by a newer version");
            };
            requireEnd(in);
            return request;
        } catch (BufferUnderflowException e) {
            throw new CodecException("a request to the event log ends too early", e);
        }
    }

    static Reply reply(ByteString bytes) {
        var in = bytes.asReadOnlyByteBuffer();
        try {
            Reply reply = switch (in.get()) {
                case APPENDED -> new Reply.Appended(in.getLong());
                case CONFLICT -> new Reply.Conflict(in.getLong());
                case INVALID -> new Reply.Invalid(text(in));
                case BROKEN_CHAIN -> new Reply.BrokenChain(text(in));
                case EVENTS -> new Reply.Events(in.getLong(), list(in));
                default -> throw new CodecException("unknown reply of the event log: sent by a newer version");
            };
            requireEnd(in);
            return reply;
        } catch (BufferUnderflowException e) {
            throw new CodecException("a reply of the event log ends too early", e);
        }
    }

    private static void requireEnd(ByteBuffer in) {
        if (in.hasRemaining()) {
            throw new CodecException(in.remaining() + " bytes too many after a message of the event log");
        }
    }

    private static int size(List<byte[]> events) {
        return 4 + events.stream().mapToInt(e -> 4 + e.length).sum();
    }

    private static ByteBuffer put(ByteBuffer out, List<byte[]> events) {
        out.putInt(events.size());
        events.forEach(e -> out.putInt(e.length).put(e));
        return out;
    }

    private static List<byte[]> list(ByteBuffer in) {
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / 4) {
            throw new CodecException("a list of " + count + " events in " + in.remaining() + " bytes");
        }
        var events = new ArrayList<byte[]>(count);
        for (int i = 0; i < count; i++) {
            events.add(bytes(in));
        }
        return events;
    }

    private static String text(ByteBuffer in) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes(in)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new CodecException("a message of the event log holds text that is not UTF-8", e);
        }
    }

    private static byte[] bytes(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new CodecException("a field of " + length + " bytes with " + in.remaining() + " left");
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static ByteString finish(ByteBuffer out) {
        return UnsafeByteOperations.unsafeWrap(out.flip());
    }
}
