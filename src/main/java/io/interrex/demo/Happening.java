package io.interrex.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;

/**
 * An event of the log, as the API tells it.
 *
 * @param wallMs the writer's clock, which here is every host's clock
 * @param name stable name of the event's type
 * @param rule code and name of its rule
 * @param text the sentence for people
 * @param fields what the event says
 */
record Happening(long version, long wallMs, long epoch, String name, String rule, String text, JsonNode fields) {

    static Happening of(JsonNode event, JsonMapper json) throws IOException {
        return new Happening(
                event.path("version").asLong(),
                event.path("wallMs").asLong(),
                event.path("epoch").asLong(),
                event.path("name").asText(),
                event.path("rule").path("label").asText(),
                event.path("text").asText(),
                json.readTree(event.path("payload").asText("{}")));
    }

    boolean is(String type) {
        return name.equals(type);
    }

    String field(String field) {
        return fields.path(field).asText("");
    }

    /** Time, epoch, rule and sentence in one line. */
    String line() {
        LocalTime time = Instant.ofEpochMilli(wallMs)
                .atZone(ZoneId.systemDefault())
                .toLocalTime()
                .truncatedTo(ChronoUnit.MILLIS);
        return "%-12s  e%d  %s  %s".formatted(time, epoch, rule, text);
    }
}
