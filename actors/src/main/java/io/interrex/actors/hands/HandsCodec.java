package io.interrex.actors.hands;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import io.interrex.cluster.format.Format;
import io.interrex.cluster.hands.HandsMessage;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.pekko.util.ByteString;

/**
 * Turns messages into the payload of one frame (CBOR) and back. What it does not know exactly it refuses: another type
 * name, an unknown, missing, repeated or null field, a number for an enum, anything after the end.
 */
final class HandsCodec {

    /** Bound of one frame in bytes, its length prefix not counted. */
    static final int FRAME_MAX = 1 << 20;

    private static final int NESTING_MAX = 32;

    private static final int REASON_MAX = 300;

    /** To be made each takes some milliseconds; what they have learnt of the messages is for all. */
    private static final Map<Integer, CBORMapper> MAPPERS = new ConcurrentHashMap<>();

    private final Map<Integer, ObjectWriter> writers;
    private final ObjectReader reader;
    private final ObjectReader greetings;

    HandsCodec() {
        CBORMapper mapper = mapper(Format.CURRENT);
        writers = IntStream.rangeClosed(Format.OLDEST, Format.CURRENT)
                .boxed()
                .collect(Collectors.toUnmodifiableMap(
                        Function.identity(), format -> mapper(format).writerFor(HandsMessage.class)));
        reader = mapper.readerFor(HandsMessage.class);
        greetings = reader.without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    }

    /** @param format what is newer than this is not written; everything is read */
    static CBORMapper mapper(int format) {
        return MAPPERS.computeIfAbsent(format, HandsCodec::made);
    }

    private static CBORMapper made(int format) {
        CBORFactory factory = CBORFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(NESTING_MAX)
                        .maxStringLength(FRAME_MAX)
                        .maxNameLength(256)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        AnnotationIntrospector introspector = AnnotationIntrospector.pair(
                new OnlyKnown(format),
                AnnotationIntrospector.pair(new RecordRules(), new JacksonAnnotationIntrospector()));
        return CBORMapper.builder(factory)
                .annotationIntrospector(introspector)
                .visibility(PropertyAccessor.GETTER, Visibility.NONE)
                .visibility(PropertyAccessor.IS_GETTER, Visibility.NONE)
                .visibility(PropertyAccessor.FIELD, Visibility.ANY)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .addModule(new WireTypes())
                .build();
    }

    /** A frame that is not a message of this protocol; says why, without the bytes. */
    static final class NotAMessage extends Exception {
        private static final long serialVersionUID = 1L;

        NotAMessage(String why) {
            super(why, null, false, false);
        }
    }

    ByteString encode(HandsMessage message) {
        return encode(message, Format.CURRENT);
    }

    /**
     * As a release writes it that knows formats up to {@code format}. Throws {@link IllegalArgumentException} for a message that such a
     * release does not understand, or that does not fit into a frame.
     */
    ByteString encode(HandsMessage message, int format) {
        String tooNew = format < Format.CURRENT ? Format.tooNew(message, format) : null;
        if (tooNew != null) {
            throw new IllegalArgumentException("a " + nameOf(message) + " cannot be said to a node of format " + format
                    + ", because " + tooNew + ": upgrade that node");
        }
        byte[] bytes;
        try {
            bytes = writer(format).writeValueAsBytes(message);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot write a " + nameOf(message) + " for the wire", e);
        }
        if (bytes.length > FRAME_MAX) {
            throw new IllegalArgumentException("a " + nameOf(message) + " of " + bytes.length
                    + " bytes exceeds the frame bound of " + FRAME_MAX + " bytes");
        }
        return ByteString.fromArrayUnsafe(bytes);
    }

    private ObjectWriter writer(int format) {
        ObjectWriter writer = writers.get(Math.min(format, Format.CURRENT));
        if (writer == null) {
            throw new IllegalArgumentException("format " + format + " is not spoken any more");
        }
        return writer;
    }

    HandsMessage decode(ByteString frame) throws NotAMessage {
        return decode(frame, reader);
    }

    /** The first message of a connection: whatever a newer release says more in a Hello is no error. */
    HandsMessage decodeFirst(ByteString frame) throws NotAMessage {
        return decode(frame, greetings);
    }

    private static HandsMessage decode(ByteString frame, ObjectReader reader) throws NotAMessage {
        try {
            HandsMessage message = reader.readValue(frame.toArrayUnsafe());
            if (message == null) {
                throw new NotAMessage("an empty frame");
            }
            return message;
        } catch (JsonProcessingException e) {
            throw new NotAMessage(firstLine(e.getOriginalMessage()));
        } catch (IOException e) {
            throw new NotAMessage(firstLine(String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            // the mapper's own word for some malformed type names, found by flipping bits
            throw new NotAMessage("malformed: " + firstLine(e.toString()));
        }
    }

    /** Makes readers and writers now, so that the first beat and the first lease round are not late. */
    void warmUp() {
        try {
            decode(encode(new HandsMessage.Renew("", "", 0, 0, 0, 0, 0, 0)));
            decode(encode(new HandsMessage.Ack("", "", "", 0, 0, 0)));
            decode(encode(new HandsMessage.Beat(0)));
        } catch (NotAMessage e) {
            throw new IllegalStateException("the codec of the hands' protocol does not read what it writes", e);
        }
    }

    private static String nameOf(HandsMessage message) {
        return message.getClass().getSimpleName();
    }

    private static String firstLine(String text) {
        return shown(text.lines().findFirst().orElse(""), REASON_MAX);
    }

    /** What a stranger sent, as it may stand in our log: short, and nothing that a terminal would obey. */
    static String shown(String text, int most) {
        String start = text.length() > most ? text.substring(0, most) + "…" : text;
        return start.replaceAll("[\\x00-\\x1f\\x7f-\\x9f]", "?");
    }
}
