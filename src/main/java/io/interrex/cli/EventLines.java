package io.interrex.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.interrex.cluster.port.view.EventWords;
import java.time.ZoneId;

/** Says an event of the API in one line. */
final class EventLines {

    private EventLines() {}

    static String line(JsonNode event) {
        return EventWords.line(
                event.path("wallMs").asLong(),
                event.path("epoch").asLong(),
                event.at("/rule/label").asText(),
                event.path("text").asText(),
                ZoneId.systemDefault());
    }
}
