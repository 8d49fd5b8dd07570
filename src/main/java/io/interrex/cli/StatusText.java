package io.interrex.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.interrex.cluster.format.Format;
import io.interrex.cluster.settings.Quantity;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Says the API's status and topology for people: problems first, then who is what. */
final class StatusText {

    private static final DateTimeFormatter SINCE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private StatusText() {}

    static List<String> status(JsonNode status) {
        JsonNode group = status.path("group");
        JsonNode node = status.path("node");
        var lines = new ArrayList<String>();
        for (JsonNode alarm : group.path("alarms")) {
            lines.add("ALARM    " + alarm.asText());
        }
        lines.add("group    %s: %s, epoch %d (%s), %s"
                .formatted(
                        group.path("group").asText(),
                        primary(group),
                        group.path("epoch").asLong(),
                        group.path("phase").asText(),
                        group.path("mode").asText()));
        lines.add("commits  " + commits(group));
        JsonNode scheduled = group.path("scheduled");
        if (scheduled.isObject()) {
            lines.add("planned  " + scheduled(scheduled));
        }
        var suspected = texts(group.path("suspectedBy"));
        if (!suspected.isEmpty()) {
            lines.add("suspect  the primary is suspected by " + String.join(", ", suspected));
        }
        lines.add("");
        lines.addAll(members(group).lines("  "));
        lines.addAll(tags(group));
        lines.addAll(maintenance(group));
        lines.addAll(pending(group));
        lines.addAll(drift(group));
        lines.addAll(SlotLines.of(group));
        lines.add("");
        lines.add("voters   " + voters(group));
        lines.add("log      %s, version %d%s"
                .formatted(
                        group.path("logLeader").asText().isEmpty()
                                ? "nobody leads it"
                                : "led by " + group.path("logLeader").asText(),
                        group.path("version").asLong(),
                        format(group.path("logFormat").asInt())));
        for (JsonNode route : group.path("routes")) {
            lines.add("router   " + route(route));
        }
        lines.add("seen by  %s%s"
                .formatted(
                        node.path("node").asText(),
                        node.path("ready").asBoolean()
                                ? ""
                                : ", which waits for " + String.join(", ", texts(node.path("waitingFor")))));
        return lines;
    }

    private static String primary(JsonNode group) {
        String primary = group.path("primary").asText("");
        String designated = group.path("designated").asText("");
        if (!group.path("designated").isNull() && !designated.equals(primary)) {
            return designated + " is to become primary";
        }
        if (group.path("primary").isNull()) {
            return "no primary yet";
        }
        return primary + " is primary, " + (group.path("writable").asBoolean() ? "writable" : "NOT WRITABLE");
    }

    private static String scheduled(JsonNode scheduled) {
        return "switchover to %s at %s, to begin before %s, ordered by %s%s"
                .formatted(
                        scheduled.path("target").asText("the best standby"),
                        Instant.ofEpochMilli(scheduled.path("atMs").asLong()),
                        Instant.ofEpochMilli(scheduled.path("untilMs").asLong()),
                        scheduled.path("actor").asText(),
                        scheduled.path("held").isNull()
                                ? ""
                                : "; held: " + scheduled.path("held").asText());
    }

    private static String commits(JsonNode group) {
        JsonNode set = group.path("syncSet");
        String waits = set.path("k").asInt() == 0
                ? "wait for no standby"
                : "wait for " + set.path("k").asInt() + " of " + String.join(", ", texts(set.path("standbys")));
        return waits + " (" + group.path("durability").asText() + ")";
    }

    private static Table members(JsonNode group) {
        var table = new Table("member", "role", "zone", "gate", "lease", "sync", "lag", "heard", "doing");
        for (JsonNode member : group.path("members")) {
            long lease = member.path("leaseLeftMs").asLong();
            table.row(
                    member.path("name").asText(),
                    member.path("role").asText() + (member.path("healthy").asBoolean() ? "" : " UNHEALTHY"),
                    member.path("zone").asText(),
                    gate(member),
                    lease > 0 ? lease + " ms" : "-",
                    member.path("synchronous").asBoolean() ? "yes" : "-",
                    lag(member),
                    age(member.path("ageMs").asLong()),
                    member.path("doing").asText());
        }
        return table;
    }

    /** Where the guard alone closes, with how long that takes on its host. */
    private static String gate(JsonNode member) {
        long closesInMs = member.path("closesInMs").asLong(-1);
        return member.path("gate").asText() + (closesInMs <= 0 ? "" : ", g %d ms".formatted(closesInMs));
    }

    private static List<String> tags(JsonNode group) {
        var lines = new ArrayList<String>();
        for (JsonNode member : group.path("members")) {
            List<String> tags = Stream.of("nofailover", "nosync", "noloadbalance")
                    .filter(tag -> member.path(tag).asBoolean())
                    .toList();
            if (!tags.isEmpty()) {
                lines.add("tags     %s: %s".formatted(member.path("name").asText(), String.join(", ", tags)));
            }
        }
        return lines;
    }

    private static List<String> maintenance(JsonNode group) {
        var lines = new ArrayList<String>();
        for (JsonNode member : group.path("members")) {
            JsonNode alone = member.path("maintenance");
            if (alone.isObject()) {
                lines.add("alone    %s: in maintenance for %s more (until %s), ordered by %s: %s"
                        .formatted(
                                member.path("name").asText(),
                                left(alone),
                                Instant.ofEpochMilli(alone.path("untilMs").asLong()),
                                alone.path("actor").asText(),
                                alone.path("reason").asText()));
            }
        }
        return lines;
    }

    private static String left(JsonNode alone) {
        long seconds = alone.path("leftMs").asLong() / 1000;
        return seconds < 120
                ? seconds + " s"
                : seconds < 7200 ? seconds / 60 + " min" : "%d h %d min".formatted(seconds / 3600, seconds / 60 % 60);
    }

    private static List<String> pending(JsonNode group) {
        var lines = new ArrayList<String>();
        for (JsonNode member : group.path("members")) {
            for (JsonNode setting : member.path("pendingRestart")) {
                lines.add("restart  %s: %s is %s, and %s after a restart (interrex restart --pending)"
                        .formatted(
                                member.path("name").asText(),
                                setting.path("setting").asText(),
                                setting.path("now").asText(),
                                setting.path("wanted").asText()));
            }
        }
        return lines;
    }

    private static List<String> drift(JsonNode group) {
        var lines = new ArrayList<String>();
        for (JsonNode member : group.path("members")) {
            for (JsonNode other : member.path("drift")) {
                String is = other.path("is").asText();
                String inFile = other.path("inFile").asText();
                lines.add("differs  %s: %s%s by %s; %s"
                        .formatted(
                                member.path("name").asText(),
                                other.path("setting").asText(),
                                is.isEmpty() ? "" : " is " + is,
                                other.path("origin").asText(),
                                inFile.isEmpty()
                                        ? "the node's file does not name it"
                                        : "the node's file says " + inFile));
            }
        }
        return lines;
    }

    private static String lag(JsonNode member) {
        long bytes = member.path("lagBytes").asLong(-1);
        return member.path("role").asText().equals("primary") || bytes < 0 ? "-" : Quantity.format(bytes);
    }

    private static String age(long ms) {
        return ms < 0 ? "never" : ms < 10_000 ? ms + " ms ago" : ms / 1000 + " s ago";
    }

    private static String voters(JsonNode group) {
        return StreamSupport.stream(group.path("voters").spliterator(), false)
                .map(voter ->
                        voter(voter.path("name").asText(), voter.path("node").asText())
                                + (voter.path("answering").asBoolean() ? " answers" : " silent"))
                .collect(Collectors.joining(", "));
    }

    private static String voter(String seat, String node) {
        return seat.equals(node) ? seat : "%s (node %s)".formatted(seat, node);
    }

    private static String route(JsonNode route) {
        boolean heard = route.path("ageMs").asLong(-1) >= 0;
        return "%s: %swrites to %s, reads to %s, since %s"
                .formatted(
                        route.path("router").asText(),
                        heard ? "" : "not heard of, by the log ",
                        targets(
                                route.path("writer").isNull()
                                        ? List.of()
                                        : List.of(route.path("writer").asText()),
                                route.path("writing")),
                        targets(texts(route.path("readers")), route.path("reading")),
                        SINCE.format(Instant.ofEpochMilli(route.path("sinceMs").asLong())
                                .atZone(ZoneId.systemDefault())));
    }

    private static String targets(List<String> members, JsonNode sessions) {
        return (members.isEmpty() ? "nobody" : String.join(", ", members))
                + (sessions.asInt(-1) < 0
                        ? ""
                        : " (" + sessions.asInt() + (sessions.asInt() == 1 ? " session)" : " sessions)"));
    }

    private static String format(int format) {
        return format >= Format.CURRENT
                ? ""
                : ", format %d (this release knows %d: it is raised when every node runs it and is connected)"
                        .formatted(format, Format.CURRENT);
    }

    /** Who follows whom, as a tree. */
    static List<String> topology(JsonNode topology) {
        var lines = new ArrayList<String>();
        lines.add("%s, epoch %d"
                .formatted(
                        topology.path("group").asText(), topology.path("epoch").asLong()));
        String primary = topology.path("primary").asText("");
        for (JsonNode member : topology.path("members")) {
            if (member.path("member").asText().equals(primary)) {
                lines.add("  " + link(member));
            }
        }
        for (JsonNode member : topology.path("members")) {
            if (!member.path("member").asText().equals(primary)) {
                boolean follows = !member.path("follows").isNull()
                        && member.path("receiving").asBoolean();
                lines.add((follows ? "   +- " : "  ")
                        + link(member)
                        + (follows
                                ? ", "
                                        + Quantity.format(Math.max(
                                                0, member.path("lagBytes").asLong())) + " behind"
                                : ", follows nobody"));
            }
        }
        for (JsonNode route : topology.path("routes")) {
            lines.add("  router " + route(route));
        }
        return lines;
    }

    private static String link(JsonNode member) {
        JsonNode alone = member.path("maintenance");
        return "%s (%s) %s:%d in %s, gate %s%s%s%s"
                .formatted(
                        member.path("member").asText(),
                        member.path("role").asText(),
                        member.path("host").asText(),
                        member.path("port").asInt(),
                        member.path("zone").asText(),
                        member.path("gate").asText(),
                        member.path("synchronous").asBoolean() ? ", synchronous" : "",
                        member.path("noloadbalance").asBoolean() ? ", noloadbalance" : "",
                        alone.isObject() ? ", in maintenance for " + left(alone) + " more" : "");
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }
}
