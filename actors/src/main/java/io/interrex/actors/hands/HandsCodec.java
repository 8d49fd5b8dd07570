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
import com.fasterxml.jackson.databind.introspect.AnnotationIntrospectorPair;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import io.interrex.cluster.hands.HandsMessage;
import java.io.IOException;
import org.apache.pekko.util.ByteString;

/**
 * Turns messages into the payload of one frame (CBOR) and back. What it does not know exactly it refuses: another type
 * name, an unknown, missing, repeated or null field, a number for an enum, anything after the end.
 */
final class HandsCodec {

    /** Bound of one frame in bytes, its length prefix not counted. */
    static final int FRAME_MAX = 1 << 20;

    /** Raised with every change that an older node would not understand; Hello carries it. */
    static final int PROTOCOL = 6;

    private static final int NESTING_MAX = 32;

    private static final int REASON_MAX = 300;

    private final ObjectWriter writer;
    private final ObjectReader reader;

    HandsCodec() {
        CBORFactory factory = CBORFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(NESTING_MAX)
                        .maxStringLength(FRAME_MAX)
                        .maxNameLength(256)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        AnnotationIntrospector introspector =
                new AnnotationIntrospectorPair(new NullsOnlyWhereAllowed(), new JacksonAnnotationIntrospector());
        CBORMapper mapper = CBORMapper.builder(factory)
                .annotationIntrospector(introspector)
                .visibility(PropertyAccessor.GETTER, Visibility.NONE)
                .visibility(PropertyAccessor.IS_GETTER, Visibility.NONE)
                .visibility(PropertyAccessor.FIELD, Visibility.ANY)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .addModule(new WireTypes())
                .build();
        writer = mapper.writerFor(HandsMessage.class);
        reader = mapper.readerFor(HandsMessage.class);
    }

    /** A frame that is not a message of this protocol; says why, without the bytes. */
    static final class NotAMessage extends Exception {
        private static final long serialVersionUID = 1L;

        NotAMessage(String why) {
            super(why, null, false, false);
        }
    }

    /** Throws {@link IllegalArgumentException} for a message that does not fit into a frame. */
    ByteString encode(HandsMessage message) {
        byte[] bytes;
        try {
            bytes = writer.writeValueAsBytes(message);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot write a " + nameOf(message) + " for the wire", e);
        }
        if (bytes.length > FRAME_MAX) {
            throw new IllegalArgumentException("a " + nameOf(message) + " of " + bytes.length
                    + " bytes exceeds the frame bound of " + FRAME_MAX + " bytes");
        }
        return ByteString.fromArrayUnsafe(bytes);
    }

    HandsMessage decode(ByteString frame) throws NotAMessage {
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
