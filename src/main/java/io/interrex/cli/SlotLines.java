package io.interrex.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** What status says of slots: what they are, on whom, and which of them a failover would lose. */
final class SlotLines {

    private SlotLines() {}

    static List<String> of(JsonNode group) {
        var lines = new ArrayList<String>();
        for (JsonNode slot : group.path("slots")) {
            boolean permanent = slot.path("permanent").asBoolean();
            String database = slot.path("database").asText();
            lines.add("slot     %s: %s%s%s%s"
                    .formatted(
                            slot.path("name").asText(),
                            slot.path("type").asText(),
                            database.isEmpty() ? "" : " (" + slot.path("plugin").asText() + " of " + database + ")",
                            copies(group.path("primary").asText(), slot),
                            fate(permanent, slot.path("lostByFailover").asBoolean())));
        }
        return lines;
    }

    private static String fate(boolean permanent, boolean lost) {
        if (!permanent) {
            return "; not kept by Interrex, a failover loses it";
        }
        return lost ? "; a failover loses its position" : "";
    }

    private static String copies(String primary, JsonNode slot) {
        var on = new ArrayList<String>();
        for (JsonNode copy : slot.path("on")) {
            String member = copy.path("member").asText();
            String state = copy.path("state").asText();
            boolean covered = member.equals(primary) || copy.path("covers").asBoolean();
            on.add("%s %s%s%s%s"
                    .formatted(
                            member,
                            copy.path("position").asText(),
                            copy.path("active").asBoolean() ? " active" : "",
                            state.equals("reserved") || state.isEmpty() ? "" : " " + state,
                            covered || slot.path("lostByFailover").asBoolean() ? "" : " (does not cover it yet)"));
        }
        return on.isEmpty() ? ", not there yet" : ", on " + String.join(", ", on);
    }
}
