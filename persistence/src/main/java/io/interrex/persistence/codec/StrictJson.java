package io.interrex.persistence.codec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.Evidence;
import java.io.IOException;
import java.time.Duration;
import java.time.format.DateTimeParseException;

/**
 * The JSON of stored events: every field is written, none may be missing, none may be unknown, null only
 * where the record allows it; nested sealed types carry a
 * {@code kind}. Positions in the WAL are written as PostgreSQL writes them, durations in ISO 8601 ({@code PT0.2S}).
 */
final class StrictJson {

    private StrictJson() {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    private interface WithKind {}

    /** @param format what is newer than this is not written; everything is read */
    static JsonMapper mapper(int format) {
        var builder = JsonMapper.builder()
                .enable(
                        DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                        DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                        DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                        DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .annotationIntrospector(AnnotationIntrospector.pair(
                        new OnlyKnown(format),
                        AnnotationIntrospector.pair(new NullsOnlyWhereAllowed(), new JacksonAnnotationIntrospector())))
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .addMixIn(Evidence.class, WithKind.class)
                .addModule(new SimpleModule("interrex")
                        .addSerializer(Lsn.class, new LsnWriter())
                        .addDeserializer(Lsn.class, new LsnReader())
                        .addSerializer(Duration.class, new DurationWriter())
                        .addDeserializer(Duration.class, new DurationReader()));
        for (var type : EventTypes.evidence().all()) {
            builder.registerSubtypes(new NamedType(type.javaType(), type.name()));
        }
        return builder.build();
    }

    private static final class LsnWriter extends JsonSerializer<Lsn> {
        @Override
        public void serialize(Lsn value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(value.toString());
        }
    }

    private static final class LsnReader extends JsonDeserializer<Lsn> {
        @Override
        public Lsn deserialize(JsonParser in, DeserializationContext context) throws IOException {
            try {
                return Lsn.parse(in.getText());
            } catch (IllegalArgumentException e) {
                throw context.weirdStringException(in.getText(), Lsn.class, String.valueOf(e.getMessage()));
            }
        }
    }

    private static final class DurationWriter extends JsonSerializer<Duration> {
        @Override
        public void serialize(Duration value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(value.toString());
        }
    }

    private static final class DurationReader extends JsonDeserializer<Duration> {
        @Override
        public Duration deserialize(JsonParser in, DeserializationContext context) throws IOException {
            try {
                return Duration.parse(in.getText());
            } catch (DateTimeParseException e) {
                throw context.weirdStringException(in.getText(), Duration.class, "not an ISO 8601 duration");
            }
        }
    }
}
