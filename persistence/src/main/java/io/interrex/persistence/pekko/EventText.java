package io.interrex.persistence.pekko;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.interrex.cluster.port.Envelope;
import io.interrex.persistence.codec.CodecException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializers;
import scala.util.Try;

/**
 * Writes a persistent actor's event as the JSON payload of an envelope, and reads it. What Pekko serializes as JSON stands
 * there as JSON, everything else as base64; both name the serializer and the type.
 */
final class EventText {

    private static final String JSON_SERIALIZER = "org.apache.pekko.serialization.jackson.JacksonJsonSerializer";

    private final Serialization serialization;
    private final JsonMapper json = JsonMapper.builder().build();

    EventText(ActorSystem system) {
        this.serialization = SerializationExtension.get(system);
    }

    /** Stable name of the event's type: what its serializer calls it. */
    String name(PersistentRepr event) {
        var serializer = serialization.findSerializerFor(event.payload());
        String manifest = Serializers.manifestFor(serializer, event.payload());
        return manifest.isEmpty() ? event.payload().getClass().getName() : manifest;
    }

    String payload(PersistentRepr event) {
        var serializer = serialization.findSerializerFor(event.payload());
        byte[] bytes = serialization.serialize(event.payload()).get();
        var node = json.createObjectNode()
                .put("writer", event.writerUuid())
                .put("timestampMs", event.timestamp())
                .put("manifest", event.manifest())
                .put("serializer", serializer.identifier())
                .put("type", Serializers.manifestFor(serializer, event.payload()));
        try {
            if (serializer.getClass().getName().equals(JSON_SERIALIZER) && bytes.length > 0 && bytes[0] == '{') {
                node.set("json", json.readTree(bytes));
            } else {
                node.put("base64", bytes);
            }
            return json.writeValueAsString(node);
        } catch (IOException e) {
            throw new CodecException("an event of " + event.persistenceId() + " cannot be written as JSON", e);
        }
    }

    PersistentRepr read(String persistenceId, Envelope envelope) {
        try {
            JsonNode node = json.readTree(envelope.payload());
            byte[] bytes = node.has("json")
                    ? node.path("json").toString().getBytes(StandardCharsets.UTF_8)
                    : node.required("base64").binaryValue();
            if (bytes == null) {
                throw new CodecException(envelope.stream() + " version " + envelope.version() + " holds no base64");
            }
            return PersistentRepr.apply(
                            event(
                                    envelope,
                                    bytes,
                                    node.required("serializer").asInt(),
                                    node.required("type").asText()),
                            envelope.version(),
                            persistenceId,
                            node.required("manifest").asText(),
                            false,
                            ActorRef.noSender(),
                            node.required("writer").asText())
                    .withTimestamp(node.required("timestampMs").asLong());
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new CodecException(envelope.stream() + " version " + envelope.version() + " cannot be read", e);
        } catch (IOException e) {
            throw new CodecException(envelope.stream() + " version " + envelope.version() + " holds no base64", e);
        }
    }

    /** Serializers throw what they like at bytes that they did not write. */
    private Object event(Envelope envelope, byte[] bytes, int serializer, String type) {
        Try<Object> event = serialization.deserialize(bytes, serializer, type);
        if (event.isFailure()) {
            throw new CodecException(
                    "%s version %d is no '%s' of serializer %d"
                            .formatted(envelope.stream(), envelope.version(), type, serializer),
                    event.failed().get());
        }
        return event.get();
    }
}
