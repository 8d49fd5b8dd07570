package io.interrex.guard;

import io.interrex.cluster.port.Guard;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/** Decides which lines of the guard are events of the port. */
final class GuardEvents {
    private GuardEvents() {}

    /**
     * An event as it was told. A server that ended because it was asked to ({@code awaited}) is none, unless it was said before
     * that it does not end.
     */
    static Optional<Guard.Event> told(String name, Map<String, String> fields, boolean awaited, boolean stuck)
            throws IOException {
        return switch (name) {
            case "DEAD" -> death(fields, awaited).or(() -> freed(stuck));
            case "STUCK" -> Optional.of(new Guard.Event.Stuck(evidence(fields)));
            case "STUN" -> Optional.of(new Guard.Event.Slept(Duration.ofMillis(Words.number(fields, "slept_ms"))));
            default -> throw new Words.ProtocolException("Unknown event of the guard: " + name);
        };
    }

    private static Optional<Guard.Event> freed(boolean stuck) {
        return stuck ? Optional.of(new Guard.Event.Freed()) : Optional.empty();
    }

    private static String evidence(Map<String, String> fields) throws IOException {
        return Words.number(fields, "left") == 0
                ? "processes of another start outlive SIGKILL"
                : "process %d outlives SIGKILL in state %s at %s; %d are left, %d of them uninterruptible"
                        .formatted(
                                Words.number(fields, "pid"),
                                fields.getOrDefault("state", "-"),
                                fields.getOrDefault("wchan", "-"),
                                Words.number(fields, "left"),
                                Words.number(fields, "uninterruptible"));
    }

    private static Optional<Guard.Event> death(Map<String, String> fields, boolean awaited) throws IOException {
        return switch (fields.getOrDefault("cause", "")) {
            case "expired" -> Optional.of(new Guard.Event.Expired(deathOf(fields)));
            case "exited" ->
                awaited
                        ? Optional.empty()
                        : Optional.of(new Guard.Event.Exited(
                                Words.number(fields, "last_pid"),
                                Words.exitStatus(Words.number(fields, "last_status")),
                                (int) Words.number(fields, "killed")));
            case "order", "sweep" -> Optional.empty();
            default -> throw new Words.ProtocolException("Unknown cause of death: " + fields);
        };
    }

    /** What happened to the server while nobody listened, from the status of the same guard. */
    static Optional<Guard.Event> missed(long serverPid, Map<String, String> status) throws IOException {
        if (serverPid == 0 || Words.number(status, "pid") == serverPid || "killing".equals(status.get("state"))) {
            return Optional.empty();
        }
        return switch (status.getOrDefault("last_death", "")) {
            case "expired" -> Optional.of(new Guard.Event.Expired(new Guard.Death(0, Duration.ZERO)));
            default ->
                Optional.of(
                        new Guard.Event.Exited(serverPid, Words.exitStatus(Words.number(status, "last_status")), 0));
        };
    }

    static Guard.Death deathOf(Map<String, String> fields) throws IOException {
        return new Guard.Death(
                (int) Words.number(fields, "killed"), Duration.of(Words.number(fields, "us"), ChronoUnit.MICROS));
    }
}
