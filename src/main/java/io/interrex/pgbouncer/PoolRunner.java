package io.interrex.pgbouncer;

import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.Router;
import io.interrex.cluster.routing.RoutePlan;
import io.interrex.router.RouterDriver;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Turns a plan into a file and commands of the console, and PgBouncer's answers into an outcome. */
final class PoolRunner implements RouterDriver {
    private static final Duration WRITER_LEAVES_WITHIN = Duration.ofMillis(50);
    private static final Duration READER_LEAVES_WITHIN = Duration.ofMillis(250);
    private static final Duration AT_ONCE = Duration.ofMillis(20);
    private static final long LOOK_AGAIN_NANOS = 2_000_000;

    private volatile PgbouncerSettings settings;
    private @Nullable RoutePlan current;
    /** The writer whose clients wait though it is there; null: none. */
    private @Nullable String held;

    PoolRunner(PgbouncerSettings settings) {
        this.settings = settings;
    }

    @Override
    public void use(List<MemberInfo> members) {
        settings = settings.withMembers(members);
    }

    @Override
    public Outcome<Nothing> run(RoutePlan plan) {
        current = plan;
        if (!Objects.equals(held, plan.writer())) {
            held = null;
        }
        Map<String, Target> targets = Target.of(settings, plan);
        try {
            leave(targets);
            PgbouncerConfig.write(settings, targets);
            ask("RELOAD");
            cut(targets);
            pauseAndResume(targets);
            String difference = difference(plan);
            return difference == null
                    ? Outcome.done(Nothing.NOTHING)
                    : Outcome.unknown("PgBouncer of group %s did not take the plan of epoch %d: %s"
                            .formatted(settings.group(), plan.epoch(), difference));
        } catch (IOException e) {
            return Outcome.unknown(
                    "PgBouncer of group %s, plan of epoch %d: %s; the plan is applied again once it answers"
                            .formatted(settings.group(), plan.epoch(), e.getMessage()));
        }
    }

    @Override
    public @Nullable String difference(RoutePlan plan) throws IOException {
        Map<String, Target> targets = Target.of(settings, plan);
        Map<String, Map<String, String>> shown = databases();
        for (var entry : targets.entrySet()) {
            String name = entry.getKey();
            Target target = entry.getValue();
            Map<String, String> row = shown.get(name);
            if (row == null) {
                return "it has no database " + name;
            }
            if (!leadsTo(row, target)) {
                return "%s leads to %s port %s, not to %s port %d"
                        .formatted(
                                name,
                                row.get("host"),
                                row.get("port"),
                                target.host(settings.runtimeDir()),
                                target.port());
            }
            boolean paused = !"0".equals(row.get("paused")) || !"0".equals(row.get("disabled"));
            if (paused != mustWait(name, target)) {
                return "%s is %s".formatted(name, paused ? "paused" : "not paused");
            }
        }
        List<Map<String, String>> left = left(targets);
        return left.isEmpty()
                ? null
                : "%s still has a connection to %s port %s"
                        .formatted(
                                left.getFirst().get("database"),
                                left.getFirst().get("addr"),
                                left.getFirst().get("port"));
    }

    /** Databases come with the first plan: it can always be carried out by a PgBouncer that answers. */
    @Override
    public @Nullable String missing() throws IOException {
        databases();
        return null;
    }

    @Override
    public Outcome<Router.Sessions> sessions() {
        try {
            int writing = 0;
            int reading = 0;
            for (Map<String, String> pool : ask("SHOW POOLS")) {
                String database = pool.getOrDefault("database", "");
                int clients = number(pool, "cl_active") + number(pool, "cl_waiting");
                if (settings.databases().contains(database)) {
                    writing += clients;
                } else if (isForReaders(database)) {
                    reading += clients;
                }
            }
            return Outcome.done(new Router.Sessions(writing, reading));
        } catch (IOException e) {
            return Outcome.unknown("PgBouncer of group %s: %s".formatted(settings.group(), e.getMessage()));
        }
    }

    /** The plan that was carried out last. */
    @Nullable
    RoutePlan current() {
        return current;
    }

    boolean holds() {
        return held != null;
    }

    /** @param writerMoves ends the waiting early: such a plan is more urgent */
    Outcome<Nothing> hold(Duration limit, BooleanSupplier writerMoves) {
        RoutePlan plan = current;
        String writer = plan == null ? null : plan.writer();
        if (writer == null) {
            return Outcome.done(Nothing.NOTHING);
        }
        held = writer;
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        try {
            for (String database : settings.databases()) {
                pause(database, AT_ONCE);
            }
            int open = open();
            while (open > 0 && System.nanoTime() - deadlineNanos < 0 && !writerMoves.getAsBoolean()) {
                LockSupport.parkNanos(LOOK_AGAIN_NANOS);
                open = open();
            }
            if (open == 0) {
                return Outcome.done(Nothing.NOTHING);
            }
            if (writerMoves.getAsBoolean()) {
                return refused(
                        "%d transactions through PgBouncer of group %s were open when another plan took %s the writes"
                                .formatted(open, settings.group(), writer));
            }
            return refused("%d transactions through PgBouncer of group %s did not end within %d ms"
                    .formatted(open, settings.group(), limit.toMillis()));
        } catch (IOException e) {
            return refused("PgBouncer of group %s cannot be paused: %s".formatted(settings.group(), e.getMessage()));
        }
    }

    private Outcome<Nothing> refused(String why) {
        return release() instanceof Outcome.Done ? Outcome.refused(why) : Outcome.unknown(why + "; nor resumed");
    }

    Outcome<Nothing> release() {
        held = null;
        RoutePlan plan = current;
        if (plan == null) {
            return Outcome.done(Nothing.NOTHING);
        }
        try {
            pauseAndResume(Target.of(settings, plan));
            return Outcome.done(Nothing.NOTHING);
        } catch (IOException e) {
            return Outcome.unknown("PgBouncer of group %s cannot be resumed: %s; it is looked at every second"
                    .formatted(settings.group(), e.getMessage()));
        }
    }

    /** Who loses its place for writes, or all of its places, goes before the file changes: nobody is sent anywhere meanwhile. */
    private void leave(Map<String, Target> targets) throws IOException {
        Map<String, Map<String, String>> shown = databases();
        for (var entry : targets.entrySet()) {
            Map<String, String> row = shown.get(entry.getKey());
            boolean leaves = row != null && !leadsTo(row, entry.getValue());
            if (leaves && (entry.getValue().isClosed() || !isForReaders(entry.getKey()))) {
                pauseOrKill(entry.getKey());
            }
        }
    }

    /** RELOAD lets a connection to a former host live until its transaction ends, which on a dead host is never. */
    private void cut(Map<String, Target> targets) throws IOException {
        long deadlineNanos = System.nanoTime() + READER_LEAVES_WITHIN.toNanos();
        List<Map<String, String>> left = left(targets);
        while (!left.isEmpty() && System.nanoTime() - deadlineNanos < 0) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
            left = left(targets);
        }
        for (Map<String, String> server : left) {
            ask("KILL " + server.get("database"));
        }
    }

    private void pauseAndResume(Map<String, Target> targets) throws IOException {
        Map<String, Map<String, String>> shown = databases();
        for (var entry : targets.entrySet()) {
            Map<String, String> row = shown.get(entry.getKey());
            if (row == null) {
                continue;
            }
            if ("1".equals(row.get("disabled"))) {
                ask("ENABLE " + entry.getKey());
            }
            boolean paused = "1".equals(row.get("paused"));
            boolean wait = mustWait(entry.getKey(), entry.getValue());
            if (wait && !paused) {
                pauseOrKill(entry.getKey());
            } else if (!wait && paused) {
                ask("RESUME " + entry.getKey());
            }
        }
    }

    private boolean mustWait(String name, Target target) {
        return target.isClosed() || held != null && !isForReaders(name);
    }

    private void pauseOrKill(String database) throws IOException {
        if (!pause(database, WRITER_LEAVES_WITHIN)) {
            ask("KILL " + database);
        }
    }

    /** False where a transaction goes on; new ones wait all the same, also when this connection has ended. */
    private boolean pause(String database, Duration within) throws IOException {
        try (Console console = console()) {
            console.ask("PAUSE " + database, within);
            return true;
        } catch (Console.TooLate e) {
            return false;
        }
    }

    /** Server connections for writes; a database that is paused keeps none that is idle. */
    private int open() throws IOException {
        int open = 0;
        for (Map<String, String> server : ask("SHOW SERVERS")) {
            open += settings.databases().contains(server.getOrDefault("database", "")) ? 1 : 0;
        }
        return open;
    }

    /** Connections to where the targets do not lead: RELOAD marked them, or the database is closed. */
    private List<Map<String, String>> left(Map<String, Target> targets) throws IOException {
        return ask("SHOW SERVERS").stream()
                .filter(server -> {
                    Target target = targets.get(server.getOrDefault("database", ""));
                    if (target == null) {
                        return false;
                    }
                    boolean marked = "1".equals(server.get("close_needed")) || target.isClosed();
                    return marked && !target.allowed().contains(server.get("addr") + " " + server.get("port"));
                })
                .toList();
    }

    private boolean leadsTo(Map<String, String> row, Target target) {
        return target.host(settings.runtimeDir()).equals(row.get("host"))
                && Integer.toString(target.port()).equals(row.get("port"));
    }

    private boolean isForReaders(String name) {
        return !settings.databases().contains(name) && name.endsWith(PgbouncerSettings.READ_SUFFIX);
    }

    private Map<String, Map<String, String>> databases() throws IOException {
        var databases = new LinkedHashMap<String, Map<String, String>>();
        for (Map<String, String> row : ask("SHOW DATABASES")) {
            databases.put(row.getOrDefault("name", ""), row);
        }
        if (!databases.containsKey("pgbouncer")) {
            throw new IOException("PgBouncer at %s answers without its own database".formatted(settings.socket()));
        }
        return databases;
    }

    private List<Map<String, String>> ask(String command) throws IOException {
        try (Console console = console()) {
            return console.ask(command);
        }
    }

    private Console console() throws IOException {
        return Console.open(settings.socket(), settings.callMax());
    }

    private static int number(Map<String, String> row, String column) throws IOException {
        try {
            return Integer.parseInt(row.getOrDefault(column, ""));
        } catch (NumberFormatException e) {
            throw new IOException("PgBouncer's answer has no number in its column " + column, e);
        }
    }
}
