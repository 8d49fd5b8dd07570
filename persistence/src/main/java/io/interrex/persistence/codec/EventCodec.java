package io.interrex.persistence.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.interrex.cluster.format.Format;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.port.Envelope;
import io.interrex.cluster.port.GroupJournal.Recorded;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides how events, commands and envelopes are written and read. What it does not know is an error ({@link
 * CodecException}), never dropped. Thread-safe.
 */
public final class EventCodec {

    /** An event without its envelope. */
    public record Encoded(String name, int schema, String payload) {}

    private final JsonMapper json = StrictJson.mapper(Format.CURRENT);
    private final ConcurrentMap<Integer, JsonMapper> writers = new ConcurrentHashMap<>(Map.of(Format.CURRENT, json));
    private final EventTypes<GroupEvent> events;
    private final EventTypes<GroupCommand> commands = EventTypes.groupCommands();
    private final List<Upcaster> upcasters;

    public EventCodec() {
        this(Upcasters.all());
    }

    /** @param upcasters for older schemas of events and commands */
    public EventCodec(List<Upcaster> upcasters) {
        this(EventTypes.groupEvents(), upcasters);
    }

    EventCodec(EventTypes<GroupEvent> events, List<Upcaster> upcasters) {
        this.events = events;
        this.upcasters = List.copyOf(upcasters);
    }

    public Encoded encode(GroupEvent event) {
        return encode(event, Format.CURRENT);
    }

    /** As a release writes it that knows formats up to {@code format}; see {@link Format#tooNew}. */
    public Encoded encode(GroupEvent event, int format) {
        var type = known(events.of(event), event.getClass().getName());
        return new Encoded(type.name(), type.schemaIn(format), write(event, type.name(), writer(format)));
    }

    /** @throws CodecException where the type, the schema or a field is unknown: the stream stops there */
    public GroupEvent decode(String name, int schema, String payload) {
        return read(known(events.named(name), name), schema, payload);
    }

    public Recorded decode(Envelope envelope) {
        try {
            return new Recorded(envelope, decode(envelope.name(), envelope.schema(), envelope.payload()));
        } catch (CodecException e) {
            throw new CodecException(
                    envelope.stream() + " version " + envelope.version() + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** {@code {"name":…,"schema":…,"data":{…}}}. */
    public String encodeCommand(GroupCommand command) {
        return encodeCommand(command, Format.CURRENT);
    }

    /** As a release writes it that knows formats up to {@code format}; see {@link Format#tooNew}. */
    public String encodeCommand(GroupCommand command, int format) {
        var type = known(commands.of(command), command.getClass().getName());
        var node = json.createObjectNode().put("name", type.name()).put("schema", type.schemaIn(format));
        node.putRawValue("data", new RawValue(write(command, type.name(), writer(format))));
        return write(node, type.name());
    }

    public GroupCommand decodeCommand(String text) {
        var node = tree(text, "a command");
        if (node.size() != 3
                || !node.path("name").isTextual()
                || !node.path("schema").isInt()
                || !node.has("data")) {
            throw new CodecException("a stored command has name, schema and data, this one: " + shorten(text));
        }
        String name = node.path("name").asText();
        return read(
                known(commands.named(name), name),
                node.path("schema").asInt(),
                node.path("data").toString());
    }

    /** The bytes that are stored and hashed. */
    public byte[] encode(Envelope envelope) {
        return EnvelopeBytes.encode(envelope);
    }

    public Envelope decode(byte[] bytes) {
        return EnvelopeBytes.decode(bytes);
    }

    /** The envelope as one line of JSON, event and command nested in it: what {@code events --export} prints. */
    public String toLine(Envelope envelope) {
        String command = envelope.command();
        var node = json.createObjectNode()
                .put("stream", envelope.stream())
                .put("version", envelope.version())
                .put("id", envelope.id().toString())
                .put("epoch", envelope.epoch())
                .put("wallMs", envelope.wallMs())
                .put("monoNs", envelope.monoNs())
                .put("node", envelope.node())
                .put("name", envelope.name())
                .put("schema", envelope.schema())
                .put("cause", envelope.cause().toString())
                .put("settings", envelope.settings());
        node.putRawValue("payload", new RawValue(envelope.payload()));
        node.putRawValue("command", new RawValue(command == null ? "null" : command));
        node.put("previousHash", envelope.previousHash()).put("hash", envelope.hash());
        return write(node, envelope.name());
    }

    /** One event with its envelope as one line of JSON; {@link #fromLine} reads it back. */
    public String toLine(Recorded recorded) {
        return toLine(recorded.envelope());
    }

    /** Reads what {@link #toLine} wrote; a line that was altered has a hash that is not that of its fields. */
    public Envelope fromLine(String line) {
        try {
            var node = tree(line, "an exported event");
            var command = node.required("command");
            var fields = node.deepCopy();
            fields.put("payload", node.required("payload").toString());
            fields.put("command", command.isNull() ? null : command.toString());
            return json.treeToValue(fields, Envelope.class);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new CodecException("no exported event: " + shorten(line), e);
        }
    }

    private <T> T read(EventTypes.Type<T> type, int schema, String payload) {
        if (schema < 1 || schema > type.schema()) {
            throw new CodecException(type.name() + " with schema " + schema + " is unknown (this version reads 1 to "
                    + type.schema() + "): written by a newer version; upgrade this node");
        }
        var node = tree(payload, type.name());
        for (int at = schema; at < type.schema(); at++) {
            node = upcaster(type.name(), at).change().apply(node);
        }
        try {
            return json.treeToValue(node, type.javaType());
        } catch (JsonProcessingException e) {
            throw new CodecException(
                    type.name() + " with schema " + schema + " cannot be read: " + e.getOriginalMessage(), e);
        }
    }

    private Upcaster upcaster(String name, int schema) {
        return upcasters.stream()
                .filter(u -> u.name().equals(name) && u.fromSchema() == schema)
                .findFirst()
                .orElseThrow(() -> new CodecException("no upcaster reads " + name + " with schema " + schema));
    }

    private ObjectNode tree(String text, String what) {
        try {
            JsonNode node = json.readTree(text);
            if (node instanceof ObjectNode object) {
                return object;
            }
            throw new CodecException(what + " is a JSON object, this is not: " + shorten(text));
        } catch (JsonProcessingException e) {
            throw new CodecException(what + " is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    private JsonMapper writer(int format) {
        return writers.computeIfAbsent(format, StrictJson::mapper);
    }

    private String write(Object value, String what) {
        return write(value, what, json);
    }

    private static String write(Object value, String what, JsonMapper writer) {
        try {
            return writer.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new CodecException(what + " cannot be written as JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static <T> EventTypes.Type<T> known(EventTypes.@Nullable Type<T> type, String name) {
        if (type == null) {
            throw new CodecException("'" + name + "' is no known type of event or command: written by a newer version,"
                    + " or not registered in EventTypes");
        }
        return type;
    }

    private static String shorten(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "…";
    }
}
