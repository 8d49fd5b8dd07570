package io.interrex.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.KnownLoss;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.port.Envelope;
import io.interrex.cluster.port.GroupJournal.Recorded;
import io.interrex.cluster.port.OrderAnswer;
import io.interrex.cluster.port.Reload;
import io.interrex.cluster.port.view.EventWords;
import java.time.Instant;

/** Writes what the API answers, and reads what it is sent, within limits. */
final class Json {

    private final ObjectMapper mapper;

    Json(HttpLimits limits) {
        var constraints = StreamReadConstraints.builder()
                .maxNestingDepth(limits.bodyMaxDepth())
                .maxStringLength((int) limits.bodyMaxBytes())
                .maxNumberLength(20)
                .maxNameLength(64)
                .build();
        mapper = JsonMapper.builder(JsonFactory.builder()
                        .streamReadConstraints(constraints)
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .build())
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
                .build();
    }

    /** Reads a small JSON text; throws with the place of what is wrong. */
    JsonNode parse(String text) throws JsonProcessingException {
        return mapper.readTree(text);
    }

    String write(Object value) {
        try {
            return mapper.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot be written as JSON: " + value.getClass(), e);
        }
    }

    ObjectNode object() {
        return mapper.createObjectNode();
    }

    ObjectNode problem(Problem problem) {
        ObjectNode node = object().put("type", "urn:interrex:" + problem.type())
                .put("title", problem.title())
                .put("status", problem.status())
                .put("detail", problem.detail())
                .put("remedy", problem.remedy());
        problem.rule().ifPresent(rule -> node.set("rule", rule(rule)));
        return node;
    }

    ObjectNode accepted(OrderAnswer.Accepted answer) {
        ObjectNode node = object().put("accepted", true)
                .put("operation", answer.operation().toString())
                .put("why", answer.why())
                .put("version", answer.version());
        node.set("rule", rule(answer.rule()));
        return node;
    }

    /** Nothing was recorded; what is not known is null, and the words say why. */
    ObjectNode foreseen(OrderAnswer.Foreseen answer) {
        ObjectNode node = object().put("dryRun", true)
                .put("accepted", true)
                .put("operation", answer.operation().toString())
                .put("why", answer.why());
        node.set("rule", rule(answer.rule()));
        KnownLoss known = answer.loss();
        ObjectNode loss = node.putObject("knownLoss");
        loss.put("bytes", known.bytes() < 0 ? null : known.bytes())
                .put("bytesWhy", known.bytesWhy())
                .put("secondsSinceContact", known.silentMs() < 0 ? null : known.silentMs() / 1000.0)
                .put("contactWhy", known.silentWhy());
        return node;
    }

    ObjectNode reloaded(Reload.Answer.Done answer) {
        ObjectNode node = object().put("node", answer.node()).put("file", answer.file());
        ArrayNode changes = node.putArray("changes");
        answer.changes()
                .forEach(change -> changes.addObject()
                        .put("key", change.key())
                        .put("from", change.from())
                        .put("to", change.to())
                        .put("effect", change.effect()));
        return node;
    }

    private ObjectNode rule(RuleId rule) {
        return object().put("code", "R" + rule.code())
                .put("name", rule.name())
                .put("label", rule.label())
                .put("sentence", rule.sentence());
    }

    /** An event with its sentence, its rule, and the whole envelope. */
    ObjectNode event(Recorded recorded) {
        Envelope envelope = recorded.envelope();
        ObjectNode node = object().put("version", envelope.version())
                .put("time", Instant.ofEpochMilli(envelope.wallMs()).toString())
                .put("epoch", envelope.epoch())
                .put("name", envelope.name())
                .put("text", EventWords.sentence(recorded.event()));
        node.set("rule", rule(recorded.event().rule()));
        node.put("node", envelope.node())
                .put("stream", envelope.stream())
                .put("id", envelope.id().toString())
                .put("cause", envelope.cause().toString())
                .put("wallMs", envelope.wallMs())
                .put("monoNs", envelope.monoNs())
                .put("schema", envelope.schema())
                .put("settings", envelope.settings())
                .put("previousHash", envelope.previousHash())
                .put("hash", envelope.hash())
                .put("payload", envelope.payload());
        String command = envelope.command();
        if (command != null) {
            node.put("command", command);
        }
        operation(node, recorded.event());
        return node;
    }

    /** What a client needs to see how its order went. */
    private static void operation(ObjectNode node, GroupEvent event) {
        node.put("kind", event.getClass().getSimpleName());
        switch (event) {
            case GroupEvent.SwitchoverOrdered e ->
                node.put("operation", e.operation().toString());
            case GroupEvent.SwitchoverScheduled e ->
                node.put("operation", e.operation().toString());
            case GroupEvent.SwitchoverScheduleHeld e ->
                node.put("operation", e.operation().toString());
            case GroupEvent.SwitchoverScheduleEnded e ->
                node.put("operation", e.operation().toString());
            case GroupEvent.ReinitOrdered e ->
                node.put("operation", e.operation().toString());
            case GroupEvent.SeatVacated e -> node.put("operation", e.operation().toString());
            case GroupEvent.RestartOrdered e ->
                node.put("operation", e.operation().toString());
            case GroupEvent.ServerRestarted e ->
                node.put("operation", e.operation().toString());
            case GroupEvent.ForcePromotionOrdered e ->
                node.put("operation", e.operation().toString());
            case GroupEvent.PromotionForced e ->
                node.put("operation", e.operation().toString());
            case GroupEvent.OperationFinished e ->
                node.put("operation", e.operation().toString()).put("succeeded", e.succeeded());
            case GroupEvent.FailoverStarted e
            when e.operation() != null -> node.put("operation", String.valueOf(e.operation()));
            case GroupEvent.PrimaryEstablished e -> node.putNull("operation").put("member", e.member());
            default -> node.putNull("operation");
        }
    }
}
