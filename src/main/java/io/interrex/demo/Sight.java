package io.interrex.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The group as one node sees it, with what the demo asks of it. */
record Sight(String node, JsonNode group) {

    static Sight of(JsonNode status) {
        return new Sight(status.path("node").path("node").asText(), status.path("group"));
    }

    long version() {
        return group.path("version").asLong();
    }

    long epoch() {
        return group.path("epoch").asLong();
    }

    String primary() {
        return group.path("primary").asText("");
    }

    boolean isWritable() {
        return group.path("writable").asBoolean();
    }

    List<String> alarms() {
        var alarms = new ArrayList<String>();
        group.path("alarms").forEach(alarm -> alarms.add(alarm.asText()));
        return alarms;
    }

    /** The gate of a member, in lower case; empty where nothing is known of it. */
    String gate(String member) {
        for (JsonNode each : group.path("members")) {
            if (each.path("name").asText().equals(member)) {
                return each.path("gate").asText();
            }
        }
        return "";
    }

    /** Names of the standbys that stream. */
    List<String> streaming() {
        var names = new ArrayList<String>();
        for (JsonNode member : group.path("members")) {
            if (member.path("role").asText().equals("standby")
                    && member.path("receiving").asBoolean()) {
                names.add(member.path("name").asText());
            }
        }
        return names;
    }

    /** The node whose voter leads the event log; empty where unknown. */
    String logLeader() {
        return group.path("logLeader").asText();
    }

    boolean isLogWritable() {
        return group.path("logWritable").asBoolean();
    }

    /** What a node is, for people: the primary, or a standby, and whether its voter leads the event log. */
    String role(String node) {
        String role = node.equals(primary()) ? "the primary's idle node" : "a standby's idle node";
        return logLeader().equals(node) ? role + " that leads the log" : role;
    }

    /** What is missing until the group is whole, empty where it is: one writable primary, all others in its synchronous set and streaming, routes moved. */
    Optional<String> missing() {
        var missing = new ArrayList<String>();
        String primary = primary();
        int standbys = group.path("members").size() - 1;
        if (primary.isEmpty() || !isWritable()) {
            missing.add("a writable primary");
        }
        if (!primary.equals(group.path("designated").asText(""))) {
            missing.add("the end of a failover");
        }
        if (streaming().size() < standbys) {
            missing.add("streaming standbys (" + String.join(", ", streaming()) + " do)");
        }
        if (group.path("syncSet").path("standbys").size() < standbys
                || !group.path("intended").isNull()) {
            missing.add("the whole synchronous set");
        }
        if (!group.path("routes").path(0).path("writer").asText("").equals(primary)) {
            missing.add("a route to the primary");
        }
        for (JsonNode alarm : group.path("alarms")) {
            missing.add("the end of the alarm '" + alarm.asText() + "'");
        }
        return missing.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", missing));
    }

    /** One line for people. */
    String line() {
        var members = new ArrayList<String>();
        for (JsonNode member : group.path("members")) {
            members.add("%s %s%s%s%s"
                    .formatted(
                            member.path("name").asText(),
                            member.path("role").asText(),
                            member.path("gate").asText().equals("open") ? ", gate open" : "",
                            member.path("receiving").asBoolean() ? ", streams" : "",
                            member.path("doing").asText().isEmpty()
                                    ? ""
                                    : ", " + member.path("doing").asText()));
        }
        return "epoch %d, %s; %s"
                .formatted(
                        epoch(),
                        isWritable() ? "writable" : "NOT writable",
                        members.stream().collect(Collectors.joining("; ")));
    }
}
