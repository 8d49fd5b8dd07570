package io.interrex.actors.hands;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import io.interrex.cluster.hands.HandsMessage;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Names the types that may travel: every record below a sealed interface that a message can hold, by its simple name.
 * Found by walking the record components, so that a new command needs no registration; nothing else is ever instantiated.
 */
final class WireTypes extends SimpleModule {

    private static final long serialVersionUID = 1L;

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.PROPERTY, property = "type")
    private interface Named {}

    WireTypes() {
        super("interrex-hands");
        addSerializer(Duration.class, new DurationToNanos());
        addDeserializer(Duration.class, new NanosToDuration());
        for (Class<?> type : reachable()) {
            if (type.isSealed()) {
                setMixInAnnotation(type, Named.class);
            } else if (type.isRecord()) {
                registerSubtypes(new NamedType(type, type.getSimpleName()));
            }
        }
    }

    /** The message types and all that they can hold. */
    static Set<Class<?>> reachable() {
        Set<Class<?>> found = new LinkedHashSet<>();
        walk(HandsMessage.class, found);
        return found;
    }

    private static void walk(Type type, Set<Class<?>> found) {
        if (type instanceof ParameterizedType generic) {
            for (Type argument : generic.getActualTypeArguments()) {
                walk(argument, found);
            }
        } else if (type instanceof Class<?> c && (c.isSealed() || c.isRecord()) && found.add(c)) {
            if (c.isSealed()) {
                for (Class<?> permitted : c.getPermittedSubclasses()) {
                    walk(permitted, found);
                }
            } else {
                for (RecordComponent component : c.getRecordComponents()) {
                    walk(component.getGenericType(), found);
                }
            }
        }
    }

    private static final class DurationToNanos extends StdScalarSerializer<Duration> {
        private static final long serialVersionUID = 1L;

        DurationToNanos() {
            super(Duration.class);
        }

        @Override
        public void serialize(Duration value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            generator.writeNumber(value.toNanos());
        }
    }

    private static final class NanosToDuration extends StdScalarDeserializer<Duration> {
        private static final long serialVersionUID = 1L;

        NanosToDuration() {
            super(Duration.class);
        }

        @Override
        public Duration deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return Duration.ofNanos(_parseLongPrimitive(parser, context));
        }
    }
}
