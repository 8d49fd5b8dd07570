package io.interrex.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.interrex.postgresql.PostgresSettings;
import io.interrex.postgresql.Secrets;
import io.interrex.testkit.FreePort;
import io.interrex.testkit.Unprivileged;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InstallationTest {

    @TempDir
    Path directory = Path.of("");

    @Test
    @DisplayName("a host with everything is found fit, and says which programs will run")
    void fit() throws Exception {
        Installation found = Installation.examine(node("15", ""), true);
        assertEquals(directory.resolve("bin15"), found.postgresBin().get("main"));
        assertTrue(Files.isDirectory(directory.resolve("state")));
        assertEquals(0, found.warnings().size());
    }

    @Test
    @DisplayName("PostgreSQL older than 14 is refused")
    void tooOld() throws Exception {
        assertRefused(node("13", ""), "groups.main.postgres.bin", "is PostgreSQL 13, older than 14");
    }

    @Test
    @DisplayName("a PostgreSQL that is not the tested one is allowed, with a warning")
    void untested() throws Exception {
        Installation found = Installation.examine(node("17", ""), true);
        assertTrue(found.warnings().getFirst().line().contains("PostgreSQL 17"), found.warnings()::toString);
    }

    @Test
    @DisplayName("no PostgreSQL is refused, with the place where it was looked for")
    void none() throws Exception {
        NodeConfig node = node("15", "");
        Files.delete(directory.resolve("bin15/postgres"));
        assertRefused(node, "postgres.bin = " + directory.resolve("bin15"), "no PostgreSQL was found");
    }

    @Test
    @DisplayName("a data directory that PostgreSQL made by itself is refused, and left as it is")
    void notOurs() throws Exception {
        NodeConfig node = node("15", "");
        Files.createDirectories(directory.resolve("data"));
        Files.writeString(directory.resolve("data/PG_VERSION"), "15\n");
        assertRefused(node, "members.a.data = " + directory.resolve("data"), "a data directory of PostgreSQL itself");
        try (var left = Files.list(directory.resolve("data"))) {
            assertEquals(1, left.count());
        }
    }

    @Test
    @DisplayName("a database that belongs to another user is refused, with the command that gives it to this one")
    void foreignOwner() throws Exception {
        assumeTrue(Unprivileged.isRoot(), "only root can give a directory away");
        NodeConfig node = node("15", "");
        Path server = Files.createDirectories(directory.resolve("data/data"));
        Unprivileged.own(server);
        assertRefused(node, "members.a.data", "belongs to the user nobody, and this node runs as root");
    }

    @Test
    @DisplayName("root is refused for a node with a member, because PostgreSQL refuses it; a witness may be root")
    void root() throws Exception {
        NodeConfig node = node("15", "");
        var host = new HostExamination(node);
        host.user("root");
        assertTrue(assertThrows(ConfigProblems.class, host::result).report().contains("refuses to run as root"));
        var witness = new ClusterConfig.Node(
                "w", "127.0.0.1", "", true, "w", false, node.self().ports());
        var other = new HostExamination(new NodeConfig(node.cluster(), witness, node.directories(), List.of()));
        other.user("root");
        other.result();
    }

    @Test
    @DisplayName("a member's own directory, as it is after its first start, is taken again; its version counts")
    void own() throws Exception {
        NodeConfig node = node("15", "");
        Files.createDirectories(directory.resolve("data/conf"));
        Files.createDirectories(directory.resolve("data/data"));
        Files.writeString(directory.resolve("data/data/PG_VERSION"), "15\n");
        Installation.examine(node, false);
        Files.writeString(directory.resolve("data/data/PG_VERSION"), "14\n");
        assertRefused(node, "members.a.data = " + directory.resolve("data"), "belongs to PostgreSQL 14");
    }

    @Test
    @DisplayName(
            "members that would each make passwords of their own are refused, with the command that makes them once")
    void secrets() throws Exception {
        ClusterConfig cluster =
                Samples.sound(directory, "directories.secrets = \"" + directory.resolve("secrets") + "\"");
        NodeConfig node = NodeConfig.of(cluster, "a");
        assertSecrets(node, "interrex_admin, interrex_replication, interrex_rewind, app", "interrex secrets --name a");

        new Secrets(directory.resolve("secrets")).createMissing(PostgresSettings.roles("app"));
        Files.delete(directory.resolve("secrets/interrex_rewind"));
        assertSecrets(node, "has no password of interrex_rewind, and");

        new Secrets(directory.resolve("secrets")).createMissing(PostgresSettings.roles("app"));
        var host = new HostExamination(node);
        host.secrets(cluster.group("main"));
        host.result();
    }

    private static void assertSecrets(NodeConfig node, String... words) {
        var host = new HostExamination(node);
        host.secrets(node.cluster().group("main"));
        String said = assertThrows(ConfigProblems.class, host::result).report();
        for (String word : words) {
            assertTrue(said.contains(word), said);
        }
    }

    @Test
    @DisplayName("a hook that others may change is refused on every node, with what is wrong and the remedy")
    void hook() throws Exception {
        Path program = Files.writeString(directory.resolve("off"), "#!/bin/sh\n");
        assertTrue(program.toFile().setExecutable(true));
        NodeConfig node = node("15", "");
        var groups = new java.util.TreeMap<>(node.cluster().groups());
        groups.replaceAll((name, g) -> new ClusterConfig.Group(
                name,
                g.settings(),
                g.readMaxLagBytes(),
                g.members(),
                g.postgres(),
                new ClusterConfig.FencingHook(List.of(program.toString()), java.time.Duration.ofSeconds(5)),
                null,
                g.rebuild()));
        ClusterConfig c = node.cluster();
        var cluster = new ClusterConfig(
                c.file(),
                c.name(),
                c.generation(),
                c.profile(),
                c.timings(),
                c.nodes(),
                groups,
                c.routers(),
                c.notifiers(),
                c.directories(),
                c.kernelGate(),
                c.insecure(),
                c.watchdog(),
                c.warnings(),
                c.effective());
        assertRefused(
                new NodeConfig(cluster, node.self(), node.directories(), node.routers()),
                "groups.main.fencing.run = " + program,
                "is not fit to power hosts off");
    }

    @Test
    @DisplayName("a directory with somebody else's files is refused as data directory")
    void foreign() throws Exception {
        NodeConfig node = node("15", "");
        Files.createDirectories(directory.resolve("data"));
        Files.writeString(directory.resolve("data/holiday.jpg"), "x");
        assertRefused(node, "members.a.data", "neither empty nor a directory that Interrex made");
    }

    @Test
    @DisplayName("a data directory without parent is refused")
    void noParent() throws Exception {
        NodeConfig node = node("15", "/missing");
        assertRefused(node, "members.a.data", "its parent " + directory.resolve("data") + " does not exist");
    }

    @Test
    @DisplayName("a file in the place of the data directory is refused")
    void notADirectory() throws Exception {
        NodeConfig node = node("15", "");
        Files.writeString(directory.resolve("data"), "x");
        assertRefused(node, "members.a.data", "is not a directory");
    }

    @Test
    @DisplayName("a port in use is refused with the address, the key and how to find who has it")
    void portInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            NodeConfig node = node("15", "", taken.getLocalPort());
            assertRefused(
                    node,
                    "nodes.a.ports.http = " + taken.getLocalPort(),
                    "127.0.0.1:" + taken.getLocalPort() + " is already in use");
        }
    }

    @Test
    @DisplayName("a port in use is refused for the member and the router too; the member's own server may have it")
    void otherPorts() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            NodeConfig node = node("15", "", FreePort.find(), "port = " + port + ",");
            assertRefused(node, "groups.main.members.a.port = " + port, "is already in use");
            var router = new ClusterConfig.RouterConfig(
                    "r",
                    ClusterConfig.RouterKind.HAPROXY,
                    "main",
                    List.of("a"),
                    "127.0.0.1",
                    port,
                    port,
                    "auto",
                    List.of(),
                    20,
                    null);
            assertRefused(
                    new NodeConfig(node.cluster(), node.self(), node.directories(), List.of(router)),
                    "routers.r.write-port = " + port,
                    "is already in use");

            Path server = Files.createDirectories(directory.resolve("data/data"));
            Process own =
                    new ProcessBuilder("sleep", "60").directory(server.toFile()).start();
            try {
                Files.writeString(server.resolve("postmaster.pid"), own.pid() + "\n" + server + "\n");
                Installation.examine(node, true);
            } finally {
                own.destroyForcibly();
            }
        }
    }

    @Test
    @DisplayName("an address of another host is refused as such")
    void foreignAddress() throws Exception {
        NodeConfig node = node("15", "");
        ClusterConfig.Node self = node.self();
        var elsewhere = new ClusterConfig.Node(
                self.name(), "192.0.2.1", self.zone(), self.voter(), self.seat(), self.edge(), self.ports());
        assertRefused(
                new NodeConfig(node.cluster(), elsewhere, node.directories(), node.routers()),
                "nodes.a.ports.http",
                "192.0.2.1 is not an address of this host");
    }

    private static void assertRefused(NodeConfig node, String key, String reason) {
        ConfigProblems problems = assertThrows(ConfigProblems.class, () -> Installation.examine(node, true));
        assertTrue(
                problems.problems().stream()
                        .map(Problem::line)
                        .anyMatch(line -> line.contains(key) && line.contains(reason)),
                problems.report());
    }

    private NodeConfig node(String postgres, String below) throws Exception {
        return node(postgres, below, FreePort.find());
    }

    private NodeConfig node(String postgres, String below, int http) throws Exception {
        return node(postgres, below, http, "port = " + FreePort.find() + ",");
    }

    private NodeConfig node(String postgres, String below, int http, String port) throws Exception {
        Path bin = Files.createDirectories(directory.resolve("bin" + postgres));
        for (String program : new String[] {"postgres", "initdb", "pg_basebackup", "pg_rewind", "pg_controldata"}) {
            program(bin.resolve(program), "echo 'postgres (PostgreSQL) " + postgres + ".4 (Debian)'");
        }
        String text = """
                nodes { a { host = 127.0.0.1, ports { hands = %d, log = %d, brain = %d, http = %d } } }
                groups { main { synchronous = false, members { a { OWN_PORT data = "%s" } }, postgres { bin = "%s" } } }
                directories { state = "%s/state", run = "%4$s/run", secrets = "%4$s/secrets", log = "%4$s/log" }
                """.replace("OWN_PORT", port).replace("%4$s", directory.toString()).formatted(
                FreePort.find(), FreePort.find(), FreePort.find(), http, directory + "/data" + below, bin, directory);
        return NodeConfig.of(ConfigFile.load(Samples.write(directory, text)), "a");
    }

    private static void program(Path file, String line) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + line + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
