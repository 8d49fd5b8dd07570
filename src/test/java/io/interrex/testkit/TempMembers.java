package io.interrex.testkit;

import io.interrex.cluster.port.Database.Upstream;
import io.interrex.cluster.port.Outcome;
import io.interrex.postgresql.PostgresDatabase;
import io.interrex.postgresql.PostgresSettings;
import io.interrex.postgresql.Secrets;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Members of one group on 127.0.0.1, each with a guard and an adapter of its own, in a temporary directory. */
public final class TempMembers implements AutoCloseable {

    public static final PostgresSettings.Application APPLICATION = new PostgresSettings.Application("app", "app");

    private final Path root;
    private final Map<String, Member> members = new LinkedHashMap<>();

    /** One member: its settings, guard and adapter. */
    public record Member(PostgresSettings settings, DirectGuard guard, PostgresDatabase database) {

        public Upstream upstream() {
            return new Upstream(settings.member(), settings.host(), settings.port());
        }
    }

    public TempMembers(String... names) throws IOException {
        this(UnaryOperator.identity(), names);
    }

    public TempMembers(UnaryOperator<PostgresSettings> adjust, String... names) throws IOException {
        root = Files.createTempDirectory("interrex-members-");
        Unprivileged.own(root);
        Path secrets = directory(root.resolve("secrets"));
        new Secrets(secrets)
                .createMissing(java.util.List.of("interrex_admin", "interrex_replication", "interrex_rewind", "app"));
        var all = new LinkedHashMap<String, Upstream>();
        for (String name : names) {
            all.put(name, new Upstream(name, "127.0.0.1", FreePort.find()));
        }
        Path binaries = newestBinaries();
        for (String name : names) {
            var peers = new LinkedHashMap<>(all);
            peers.remove(name);
            Path home = directory(root.resolve(name));
            Upstream self = java.util.Objects.requireNonNull(all.get(name));
            PostgresSettings settings = adjust.apply(
                    PostgresSettings.of("trial", name, home, binaries, self.host(), self.port(), secrets, peers)
                            .withApplication(APPLICATION)
                            .withParameters(Map.of("shared_buffers", "16MB", "max_connections", "30")));
            var guard = new DirectGuard(home.resolve("guard.log"));
            members.put(
                    name,
                    new Member(settings, guard, new PostgresDatabase(settings, guard, TempMembers::unprivileged)));
        }
    }

    public Member member(String name) {
        Member found = members.get(name);
        if (found == null) {
            throw new IllegalArgumentException("no member " + name);
        }
        return found;
    }

    public Path root() {
        return root;
    }

    /** The value of an outcome that must be done. */
    public static <T> T value(CompletionStage<Outcome<T>> stage) {
        Outcome<T> outcome = get(stage);
        if (outcome instanceof Outcome.Done<T>(var value)) {
            return value;
        }
        throw new AssertionError("expected an outcome that is done, got " + outcome);
    }

    public static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(90, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() throws IOException {
        for (Member member : members.values()) {
            member.guard().signalTree("CONT", true);
            get(member.database().kill());
            member.database().close();
            member.guard().close();
        }
        deleteTree(root);
    }

    /** Starts a tool as the user that the servers run as. */
    public static Process unprivileged(ProcessBuilder builder) throws IOException {
        return builder.command(Unprivileged.command(builder.command())).start();
    }

    private static Path directory(Path path) throws IOException {
        Files.createDirectory(path);
        Files.setPosixFilePermissions(path, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
        Unprivileged.own(path);
        return path;
    }

    /** The newest PostgreSQL of this machine. */
    public static Path newestBinaries() throws IOException {
        try (var versions = Files.list(Path.of("/usr/lib/postgresql"))) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
                    .max(java.util.Comparator.naturalOrder())
                    .orElseThrow();
        }
    }

    private static void deleteTree(Path tree) throws IOException {
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
