package io.interrex.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.settings.Profile;
import io.interrex.host.ProgramPath;
import io.interrex.lab.LabException;
import io.interrex.lab.LabSpec;
import io.interrex.lab.NamespaceLab;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@DisplayName("The packages of deploy/package")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PackageIT {

    /** T of {@code wan} bears a machine that does other things; in {@code default} the story of EndToEndIT restarts nodes. */
    private static final String PROFILE = System.getProperty("interrex.package.profile", "wan");

    private static final Duration T =
            Profile.valueOf(PROFILE.toUpperCase(Locale.ROOT)).timings().leaseFor();
    private static final long LOOK_EVERY_NS = 50_000_000;
    private static final Pattern SYSTEMCTL = Pattern.compile("systemctl (?:--quiet )?([a-z-]+)");

    private Packed packed = new Packed(Path.of(""), Path.of(""), Path.of(""), Path.of(""));

    @BeforeAll
    void make() throws Exception {
        if (ProgramPath.find("dpkg-deb").isEmpty()) {
            Assumptions.abort("dpkg-deb is not installed");
        }
        packed = Packed.make();
    }

    @AfterAll
    void remove() throws Exception {
        if (packed.base().isAbsolute()) {
            packed.close();
        }
    }

    @Test
    @DisplayName("have the same bytes when they are made of the same commit, elsewhere and later, and no class cache")
    void reproducible() throws Exception {
        for (Path one : List.of(packed.deb(), packed.tar())) {
            Path two = packed.again().resolve(one.getFileName());
            assertEquals(-1, Files.mismatch(one, two), one + " and " + two);
        }
    }

    @Test
    @DisplayName("have what belongs into them, all of it root's, and no path of the checkout")
    void content() throws Exception {
        List<String> listed =
                Run.of("dpkg-deb", "-c", packed.deb().toString()).good().lines().toList();
        assertEquals(
                List.of(),
                listed.stream().filter(line -> !line.contains(" root/root ")).toList());
        for (String path : List.of(
                "/usr/lib/interrex/bin/interrex",
                "/usr/lib/interrex/libexec/interrex-guard",
                "/usr/lib/systemd/system/interrex.service",
                "/usr/lib/systemd/system/interrex-gate.service",
                "/usr/share/doc/interrex/fencing/README.md",
                "/usr/share/doc/interrex/fencing/vm-api.sh",
                "/etc/interrex/interrex.conf")) {
            assertTrue(listed.stream().anyMatch(line -> line.endsWith(" ." + path)), path);
        }
        assertTrue(listed.stream().noneMatch(line -> line.contains(".aot") || line.contains("/var/")));
        assertEquals("/etc/default/interrex\n/etc/interrex/interrex.conf\n", control("conffiles"));
        String checkout = Path.of("..").toRealPath().toString();
        try (Stream<Path> files = Files.walk(packed.root())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertFalse(
                        new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(checkout),
                        () -> file + " names " + checkout);
            }
        }
    }

    @Test
    @DisplayName("neither start nor enable a service, and never remove what a node must not forget")
    void scripts() throws Exception {
        List<String> lines = Stream.of("postinst", "prerm", "postrm")
                .flatMap(script -> control(script).lines())
                .map(String::strip)
                .filter(line -> !line.startsWith("echo ") && !line.startsWith("#"))
                .toList();
        var calls = new TreeSet<String>();
        lines.forEach(line -> SYSTEMCTL.matcher(line).results().forEach(call -> calls.add(call.group(1))));
        assertEquals(Set.of("daemon-reload", "is-active", "stop", "disable"), calls);
        List<String> removals =
                lines.stream().filter(line -> line.startsWith("rm -rf ")).toList();
        assertEquals(List.of("rm -rf /var/log/interrex"), removals);
    }

    private String control(String file) {
        try {
            return Run.of("dpkg-deb", "-I", packed.deb().toString(), file).good();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(file + " of the package cannot be read", e);
        }
    }

    @Test
    @DisplayName("carry a configuration that is refused until a person has agreed to plain TCP, and is sound then")
    void example() throws Exception {
        Path config = packed.root().resolve("etc/interrex/interrex.conf");
        Path link = packed.root().resolve("usr/bin/interrex");
        assertTrue(Run.of(link.toString(), "--version").good().startsWith("interrex 0."));
        Run shipped = Run.of(link.toString(), "config", "check", "--config", config.toString());
        assertEquals(2, shipped.code(), shipped.text());
        assertTrue(shipped.text().contains("security.insecure = true"), shipped.text());
        Path edited = packed.base().resolve("edited.conf");
        Files.writeString(edited, Files.readString(config).replace("insecure = false", "insecure = true"));
        String said = Run.of(link.toString(), "config", "check", "--config", edited.toString())
                .good();
        assertTrue(said.startsWith(edited + " is sound."), said);
        assertFalse(said.contains("WARNING  " + edited), said);
    }

    @Test
    @DisplayName("run a node as the unit does: ended with SIGTERM, then with SIGKILL, and started again, it finds"
            + " the same guard and the same server, and a client's session goes on")
    void restarts() throws Exception {
        try (NamespaceLab lab = NamespaceLab.create(LabSpec.of("a", "w", "x", "app"));
                var hosts = new PackagedHosts(packed, lab, PROFILE)) {
            hosts.start("a");
            hosts.start("w");
            hosts.start("x");
            hosts.awaitServing();
            try (var session = hosts.session()) {
                String before = hosts.guardAndServer();
                String backend = session.ask("select pg_backend_pid();");
                long untilNs = 0;
                int starts = 1;
                for (String signal : List.of("TERM", "KILL")) {
                    untilNs = System.nanoTime() + T.plusSeconds(1).toNanos();
                    hosts.end("a", signal);
                    assertEquals(before, hosts.guardAndServer());
                    hosts.start("a");
                    starts++;
                    hosts.awaitUp("a", starts);
                    requireInTime(hosts.firstRoundMs("a"));
                    assertEquals(before, hosts.guardAndServer(), () -> "after SIG" + signal + "\n" + hosts.told("a"));
                    assertEquals(backend, session.ask("select pg_backend_pid();"));
                }
                // past T of the lease of the killed node: only a renewed one keeps the guard from ending the server
                while (System.nanoTime() < untilNs) {
                    assertEquals(before, hosts.guardAndServer());
                    LockSupport.parkNanos(LOOK_EVERY_NS);
                }
                assertEquals(backend, session.ask("select pg_backend_pid();"));
            }
        } catch (LabException e) {
            Assumptions.abort("no namespaces here: " + e.getMessage());
        }
    }

    /** No round within T cannot keep a server, whatever the unit says: a busy machine, without a class cache, shows nothing. */
    private static void requireInTime(long firstRoundMs) {
        long mostMs = T.minus(Profile.valueOf(PROFILE.toUpperCase(Locale.ROOT))
                                .timings()
                                .renewEvery())
                        .toMillis()
                - 500;
        if (firstRoundMs > mostMs) {
            Assumptions.abort("this machine is too busy: a restarted node sent its first lease round after "
                    + firstRoundMs + " ms, and " + mostMs + " are allowed by T");
        }
    }
}
