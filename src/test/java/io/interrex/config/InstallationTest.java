package io.interrex.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
    @DisplayName("a data directory of another PostgreSQL version is refused")
    void otherVersion() throws Exception {
        NodeConfig node = node("15", "");
        Files.createDirectories(directory.resolve("data"));
        Files.writeString(directory.resolve("data/PG_VERSION"), "14\n");
        assertRefused(node, "members.a.data = " + directory.resolve("data"), "belongs to PostgreSQL 14");
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
    @DisplayName("a directory with somebody else's files is refused as data directory")
    void foreign() throws Exception {
        NodeConfig node = node("15", "");
        Files.createDirectories(directory.resolve("data"));
        Files.writeString(directory.resolve("data/holiday.jpg"), "x");
        assertRefused(node, "members.a.data", "neither empty nor a PostgreSQL data directory");
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
    @DisplayName("an address of another host is refused as such")
    void foreignAddress() throws Exception {
        NodeConfig node = node("15", "");
        ClusterConfig.Node self = node.self();
        var elsewhere =
                new ClusterConfig.Node(self.name(), "192.0.2.1", self.zone(), self.voter(), self.edge(), self.ports());
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
        return node(postgres, below, freePort());
    }

    private NodeConfig node(String postgres, String below, int http) throws Exception {
        Path bin = Files.createDirectories(directory.resolve("bin" + postgres));
        for (String program : new String[] {"postgres", "initdb", "pg_basebackup", "pg_rewind", "pg_controldata"}) {
            program(bin.resolve(program), "echo 'postgres (PostgreSQL) " + postgres + ".4 (Debian)'");
        }
        String text = """
                nodes { a { host = 127.0.0.1, ports { hands = %d, log = %d, brain = %d, http = %d } } }
                groups { main { synchronous = false, members { a { data = "%s" } }, postgres { bin = "%s" } } }
                directories { state = "%s/state", run = "%4$s/run", secrets = "%4$s/secrets", log = "%4$s/log" }
                """.replace("%4$s", directory.toString())
                .formatted(freePort(), freePort(), freePort(), http, directory + "/data" + below, bin, directory);
        return NodeConfig.of(ConfigFile.load(Samples.write(directory, text)), "a");
    }

    private static void program(Path file, String line) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + line + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
