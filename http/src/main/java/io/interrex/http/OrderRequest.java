package io.interrex.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.interrex.cluster.port.Order;
import io.interrex.cluster.port.Reload;
import io.interrex.cluster.settings.Quantity;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the body of an order: every field is known, of the right type and of bounded length, or the request is refused. */
final class OrderRequest {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final int TEXT_MAX = 200;
    private static final Duration PAUSE_MIN = Duration.ofSeconds(1);
    private static final Duration PAUSE_MAX = Duration.ofDays(30);
    private static final Duration WITHIN = Duration.ofMinutes(5);
    private static final Duration WITHIN_MIN = Duration.ofSeconds(10);
    private static final Duration WITHIN_MAX = Duration.ofDays(1);
    private static final Instant TIME_MIN = Instant.EPOCH;
    private static final Instant TIME_MAX = Instant.parse("9999-12-31T00:00:00Z");

    private final JsonNode body;
    private final String from;
    private final Supplier<UUID> ids;

    private OrderRequest(JsonNode body, String from, Supplier<UUID> ids) {
        this.body = body;
        this.from = from;
        this.ids = ids;
    }

    /** Carries the answer that a wrong body gets. */
    static final class Wrong extends Exception {

        private static final long serialVersionUID = 1;

        private final transient Problem problem;

        Wrong(String detail, String remedy) {
            super(detail);
            this.problem = Problem.badRequest(detail, remedy);
        }

        Problem problem() {
            return problem;
        }
    }

    /**
     * @param word the order, as in its path
     * @param from address of the one who asks
     * @param ids makes the operation's id where the body has none
     */
    static Order read(String word, String group, String text, String from, Supplier<UUID> ids, Json json) throws Wrong {
        var request = of(text, from, ids, json);
        return switch (word) {
            case "switchover" -> request.switchover(group);
            case "failover" -> request.failover(group);
            case "reinit" -> request.reinit(group);
            case "force-promote" -> request.forcePromotion(group);
            case "readmit" -> request.readmit(group);
            case "restart" -> request.restart(group);
            case "maintenance" -> request.maintenance(group);
            case "pause" -> request.pause(group);
            case "resume" -> request.resume(group);
            default -> throw new IllegalArgumentException("no such order: " + word);
        };
    }

    /** A node is asked to read its configuration file again. */
    static Reload reload(String text, String from, Json json) throws Wrong {
        var request = of(text, from, UUID::randomUUID, json);
        request.only("actor", "check", "overwrite");
        return new Reload(request.actor(), request.flag("check"), request.flag("overwrite"));
    }

    private static OrderRequest of(String text, String from, Supplier<UUID> ids, Json json) throws Wrong {
        JsonNode body;
        try {
            body = json.parse(text);
        } catch (JsonProcessingException e) {
            throw new Wrong("the body is not JSON within the limits: " + e.getOriginalMessage(), "Send a JSON object");
        }
        if (!body.isObject()) {
            throw new Wrong("the body is not a JSON object", "Send at least {}");
        }
        return new OrderRequest(body, from, ids);
    }

    private Order switchover(String group) throws Wrong {
        only("actor", "operation", "target", "at", "within", "cancel", "loseSlots");
        Optional<String> at = text("at");
        Optional<String> within = text("within");
        if (flag("cancel")) {
            if (at.isPresent() || within.isPresent() || target() != null) {
                throw new Wrong("what is scheduled is cancelled, whatever it is", "Send \"cancel\": true alone");
            }
            return new Order.CancelSwitchover(group, operation(), actor());
        }
        if (at.isPresent()) {
            return new Order.ScheduledSwitchover(
                    group, operation(), actor(), target(), time(at.get()), within(within), flag("loseSlots"));
        }
        if (within.isPresent()) {
            throw new Wrong("a switchover without a time begins now or not at all", "Send \"at\", too");
        }
        return new Order.Switchover(group, operation(), actor(), target(), flag("loseSlots"));
    }

    /** With its zone: the clocks of who orders and of the node may be in different ones. */
    private static Instant time(String text) throws Wrong {
        try {
            Instant time = OffsetDateTime.parse(text).toInstant();
            if (time.isBefore(TIME_MIN) || time.isAfter(TIME_MAX)) {
                throw new Wrong("'" + text + "' is far from now", "Send a time within 30 days");
            }
            return time;
        } catch (DateTimeException e) {
            throw new Wrong(
                    "'" + text + "' is no ISO time with a zone", "Send \"at\": \"2026-11-30T03:00:00Z\", or +01:00");
        }
    }

    private static Duration within(Optional<String> given) throws Wrong {
        Optional<Duration> length = given.isEmpty()
                ? Optional.of(WITHIN)
                : given.flatMap(Quantity::duration)
                        .filter(d -> d.compareTo(WITHIN_MIN) >= 0 && d.compareTo(WITHIN_MAX) <= 0);
        return length.orElseThrow(() -> new Wrong(
                "'" + given.orElse("")
                        + "' is not how long it may still begin: it has a unit, and is 10 seconds to 1 day",
                "Send \"within\": \"10 m\", or leave it out"));
    }

    private Order failover(String group) throws Wrong {
        only("actor", "operation", "target", "confirm");
        if (!text("confirm").equals(Optional.of(group))) {
            throw new Wrong(
                    "a failover replaces a primary that may be well, and has to be confirmed",
                    "Send \"confirm\": \"" + group + "\"");
        }
        return new Order.Failover(group, operation(), actor(), target());
    }

    private Order reinit(String group) throws Wrong {
        only("actor", "operation", "target", "confirm");
        String member = target();
        if (member == null) {
            throw new Wrong("a reinit names the member whose data are thrown away", "Send \"target\": \"…\"");
        }
        if (!text("confirm").equals(Optional.of(member))) {
            throw new Wrong(
                    "a reinit throws the data of a member away, and has to be confirmed",
                    "Send \"confirm\": \"" + member + "\"");
        }
        return new Order.Reinit(group, operation(), actor(), member);
    }

    private Order restart(String group) throws Wrong {
        only("actor", "all", "inPlace", "loseSlots", "operation", "pending", "target");
        String member = target();
        if ((member == null) != flag("all")) {
            throw new Wrong(
                    "a restart names one member, or says that it means all",
                    "Send \"target\": \"…\", or \"all\": true");
        }
        return new Order.Restart(
                group, operation(), actor(), member, flag("pending"), flag("inPlace"), flag("loseSlots"));
    }

    private Order readmit(String group) throws Wrong {
        only("actor", "confirm", "operation", "reason", "target");
        String voter = target();
        if (voter == null) {
            throw new Wrong("a readmission names the voter whose disk was emptied", "Send \"target\": \"…\"");
        }
        if (!text("confirm").equals(Optional.of(voter))) {
            throw new Wrong(
                    "what the voter's disk before granted counts no more, and that has to be confirmed",
                    "Send \"confirm\": \"" + voter + "\"");
        }
        return new Order.Readmission(group, operation(), actor(), reason("a readmission"), voter);
    }

    private String reason(String order) throws Wrong {
        return text("reason")
                .filter(given -> !given.isBlank())
                .orElseThrow(
                        () -> new Wrong(order + " needs a reason: it is kept in the log", "Send \"reason\": \"…\""));
    }

    private boolean flag(String name) throws Wrong {
        JsonNode value = body.get(name);
        if (value != null && !value.isBoolean()) {
            throw new Wrong("the field '" + name + "' is not a boolean", "Send true or false");
        }
        return value != null && value.booleanValue();
    }

    /** Group and epoch are compared by the group itself, which records a wrong one. */
    private Order forcePromotion(String group) throws Wrong {
        only("actor", "operation", "target", "confirm", "epoch", "reason", "dryRun");
        String target = target();
        if (target == null) {
            throw new Wrong("a forced promotion names its member", "Send \"target\": \"…\"");
        }
        String typed = text("confirm")
                .orElseThrow(() -> new Wrong(
                        "a forced promotion loses commits, and has to be confirmed",
                        "Send \"confirm\": with the name of the group"));
        JsonNode epoch = body.get("epoch");
        if (epoch == null || !epoch.isIntegralNumber() || !epoch.canConvertToLong() || epoch.longValue() < 1) {
            throw new Wrong("a forced promotion names the epoch that it was decided on", "Send \"epoch\": a number");
        }
        String reason = reason("a forced promotion");
        return new Order.ForcePromotion(
                group, operation(), actor(), reason, target, typed, epoch.longValue(), flag("dryRun"));
    }

    private Order pause(String group) throws Wrong {
        only("actor", "for", "operation", "reason");
        return new Order.Pause(group, operation(), actor(), reason("a pause"), length());
    }

    private Order maintenance(String group) throws Wrong {
        only("actor", "end", "for", "operation", "reason", "target");
        String member = target();
        if (member == null) {
            throw new Wrong("a maintenance names its member", "Send \"target\": \"…\"");
        }
        if (flag("end")) {
            if (text("for").isPresent() || text("reason").isPresent()) {
                throw new Wrong(
                        "a maintenance begins or ends: one that ends has no length and no reason",
                        "Send \"end\": true with the target alone, or leave \"end\" out");
            }
            return new Order.MaintenanceEnd(group, operation(), actor(), member);
        }
        Duration length = length();
        if (length == null) {
            throw new Wrong("a maintenance says how long, so that none is forgotten", "Send \"for\": \"2 h\"");
        }
        return new Order.Maintenance(group, operation(), actor(), reason("a maintenance"), member, length);
    }

    private @Nullable Duration length() throws Wrong {
        Optional<String> given = text("for");
        if (given.isEmpty()) {
            return null;
        }
        Optional<Duration> length = given.flatMap(Quantity::duration)
                .filter(d -> d.compareTo(PAUSE_MIN) >= 0 && d.compareTo(PAUSE_MAX) <= 0);
        return length.orElseThrow(() -> new Wrong(
                "'" + given.get()
                        + "' is no time for a pause or a maintenance: it has a unit, and is 1 second to 30 days",
                "Send \"for\": \"2 h\""));
    }

    private Order resume(String group) throws Wrong {
        only("actor", "operation", "reason");
        return new Order.Resume(group, operation(), actor(), text("reason").orElse("no reason given"));
    }

    private void only(String... known) throws Wrong {
        Set<String> names = new TreeSet<>(Set.of(known));
        for (var fields = body.fieldNames(); fields.hasNext(); ) {
            String name = fields.next();
            if (!names.contains(name)) {
                throw new Wrong("unknown field '" + name + "'", "Known here: " + String.join(", ", names));
            }
        }
    }

    private @Nullable String target() throws Wrong {
        Optional<String> target = text("target");
        if (target.isPresent() && !NAME.matcher(target.get()).matches()) {
            throw new Wrong("the target is not the name of a member", "Send the name alone");
        }
        return target.orElse(null);
    }

    /** Without authentication a name is a claim, so the address is kept with it. */
    private String actor() throws Wrong {
        return text("actor").orElse("somebody") + " (" + from + ")";
    }

    private UUID operation() throws Wrong {
        Optional<String> given = text("operation");
        try {
            return given.map(UUID::fromString).orElseGet(ids);
        } catch (IllegalArgumentException e) {
            throw new Wrong("the operation is not a UUID", "Leave it out, or send one");
        }
    }

    private Optional<String> text(String name) throws Wrong {
        JsonNode value = body.get(name);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            throw new Wrong("the field '" + name + "' is not a text", "Put it in quotes");
        }
        String text = value.textValue();
        if (text.length() > TEXT_MAX || text.codePoints().anyMatch(OrderRequest::cannotBeKept)) {
            throw new Wrong(
                    "the field '" + name + "' has more than " + TEXT_MAX
                            + " characters, control characters, or half of a character",
                    "Shorten it to one line");
        }
        return Optional.of(text);
    }

    /** Half of a surrogate pair is no text: the log refuses the event, when the order is already being carried out. */
    private static boolean cannotBeKept(int codePoint) {
        return Character.isISOControl(codePoint) || Character.getType(codePoint) == Character.SURROGATE;
    }
}
