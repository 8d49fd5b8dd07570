package io.interrex.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamespaceLabTest {

    private static final int PORT = 7000;
    private static final String TIMEOUT = "Connect timed out";

    @TempDir
    private Path directory = Path.of("");

    private NamespaceLab lab;

    NamespaceLabTest() {
        try {
            lab = NamespaceLab.create(LabSpec.of("a", "b", "c"));
        } catch (LabException e) {
            Assumptions.abort("no namespaces here: " + e.getMessage());
            throw e;
        }
    }

    private final List<Remote> shells = new ArrayList<>();

    @BeforeEach
    void serve() throws IOException {
        for (String host : lab.spec().hosts()) {
            start(host);
        }
    }

    private Remote start(String host) throws IOException {
        Remote shell = new Remote(lab.process(host, Remote.java(directory, NetShell.class)));
        shells.add(shell);
        assertEquals("serving", shell.ask("serve " + PORT));
        return shell;
    }

    @AfterEach
    void end() {
        lab.close();
        assertEquals(List.of(), leftovers());
    }

    private static Collection<String> leftovers() {
        String prefix = Namespaces.name("");
        return Shell.run("ip", "netns")
                .lines()
                .filter(line -> line.startsWith(prefix))
                .toList();
    }

    private String connect(String from, String to) throws IOException {
        return shells.get(lab.spec().number(from) - 1).ask("connect " + lab.address(to) + " " + PORT);
    }

    @Test
    @DisplayName("hosts reach each other; a host that is cut off reaches nobody, the others do; healing ends it")
    void cutOneHost() throws IOException {
        assertEquals("connected", connect("a", "b"));
        lab.cut("a");
        assertEquals(TIMEOUT, connect("a", "b"));
        assertEquals(TIMEOUT, connect("c", "a"));
        assertEquals("connected", connect("b", "c"));
        lab.heal();
        assertEquals("connected", connect("a", "b"));
        assertEquals("connected", connect("c", "a"));
    }

    @Test
    @DisplayName("isolation from some peers leaves the others reachable, as a partition that is not transitive")
    void isolate() throws IOException {
        lab.isolate("a", Set.of("b"));
        assertEquals(TIMEOUT, connect("a", "b"));
        assertEquals("connected", connect("a", "c"));
        assertEquals("connected", connect("b", "c"));
    }

    @Test
    @DisplayName("a cut in one direction stops an established stream in that direction without telling anybody")
    void oneWay() throws IOException {
        Remote b = shells.get(1);
        b.ask("stream " + lab.address("a") + " " + PORT);
        assertTrue(flows(b), "data flows");
        lab.cutOneWay("a", "b");
        assertFalse(flows(b), "data flows through a cut");
        assertTrue(b.ask("last").endsWith("running"));
        lab.heal();
        assertTrue(flows(b), "data flows again");
    }

    /** Whether something that was sent after now arrives within a second. */
    private static boolean flows(Remote client) {
        long nowNs = System.nanoTime();
        return Shell.await(Duration.ofSeconds(1), () -> {
            try {
                return Long.parseLong(client.ask("last").split(" ", 2)[0]) > nowNs;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    @DisplayName("a loss of 100 % lets nothing through, a loss of 30 % slows a stream and does not end it")
    void loss() throws IOException {
        lab.loss("b", 100);
        assertEquals(TIMEOUT, connect("a", "b"));
        lab.loss("b", 0);
        Remote a = shells.get(0);
        a.ask("stream " + lab.address("b") + " " + PORT);
        assertTrue(flows(a), "data flows");
        lab.loss("b", 30);
        // five resends in a row may be lost, each after twice the time
        assertTrue(Shell.await(Duration.ofMinutes(1), () -> flows(a)));
        assertThrows(IllegalArgumentException.class, () -> lab.loss("b", 101));
    }

    @Test
    @DisplayName(
            "a killed host has no process left and tells nobody; after its boot it has its address and no packet filter")
    void killHost() throws IOException {
        Remote b = shells.get(1);
        lab.privilegedProcess("a", List.of("nft", "add table inet mine"))
                .start()
                .onExit()
                .join();
        b.ask("stream " + lab.address("a") + " " + PORT);
        assertTrue(flows(b));
        assertEquals(1, lab.processes("a").size());
        lab.killHost("a");
        assertEquals(List.of(), lab.processes("a"));
        assertFalse(flows(b));
        assertTrue(b.ask("last").endsWith("running"), "the peer was told of the death");
        assertEquals(1, lab.processes("b").size());
        assertThrows(LabException.class, () -> lab.process("a", List.of("true")));

        lab.bootHost("a");
        assertEquals(
                "", Shell.run("nsenter", "--net=" + Namespaces.file(lab.namespace("a")), "nft", "list", "ruleset"));
        shells.set(0, start("a"));
        assertEquals("connected", connect("b", "a"));
        assertEquals("connected", connect("a", "b"));
    }

    @Test
    @DisplayName("a host whose processes are all killed at once tells its peers by resets")
    void crashHost() throws IOException {
        Remote b = shells.get(1);
        b.ask("stream " + lab.address("a") + " " + PORT);
        assertTrue(flows(b));
        lab.crashHost("a");
        assertEquals(List.of(), lab.processes("a"));
        assertTrue(Shell.await(Duration.ofSeconds(5), () -> !ended(b).endsWith("running")), "the peer was not told");
        assertEquals("Connection refused", connect("b", "a"));
        assertThrows(LabException.class, () -> lab.process("a", List.of("true")));
        lab.bootHost("a");
        shells.set(0, start("a"));
        assertEquals("connected", connect("b", "a"));
    }

    private static String ended(Remote client) {
        try {
            return client.ask("last");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @DisplayName("a cut port lets no host reach another there until the network is healed")
    void cutPort() throws IOException {
        assertEquals("connected", connect("a", "b"));
        lab.cutPort(PORT);
        assertEquals(TIMEOUT, connect("a", "b"));
        lab.heal();
        assertEquals("connected", connect("a", "b"));
        lab.cutPort(PORT + 1);
        assertEquals("connected", connect("a", "b"));
    }

    @Test
    @DisplayName("a paused host answers nothing until it is resumed")
    void pause() throws IOException {
        Remote b = shells.get(1);
        b.ask("stream " + lab.address("a") + " " + PORT);
        assertTrue(flows(b));
        lab.pauseHost("a");
        assertFalse(flows(b));
        lab.resumeHost("a");
        assertTrue(flows(b));
    }

    @Test
    @DisplayName("a process runs as the laboratory's user with CAP_NET_ADMIN and nothing else")
    void rights() throws IOException {
        String file = "/proc/self/status";
        Process process = lab.process("a", List.of("cat", file)).start();
        String status = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")) {
            assertTrue(status.contains(set + ":\t0000000000001000"), status);
        }
        assertTrue(status.contains("NoNewPrivs:\t1"), status);
        assertFalse(status.contains("Uid:\t0"), status);
    }

    @Test
    @DisplayName(
            "what a killed owner left is swept: its namespaces, the processes in them and its disks, and nobody else's")
    void sweep() throws IOException {
        Path disk = Files.createDirectory(directory.resolve("a small disk"));
        Remote owner = new Remote(new ProcessBuilder(
                Remote.java(directory, LabOwner.class, List.of(Lab.class), "hold", disk.toString())));
        List<String> names = List.of(owner.answer().split(" "));
        HostProcesses sleepers = HostProcesses.inNamespace(Namespaces.file(names.getFirst()));
        assertEquals(List.of(), withPrefixOf(NamespaceLab.sweep(), names), "a living owner's laboratory was swept");
        assertTrue(Shell.await(Duration.ofSeconds(5), () -> sleepers.list().size() == 1));
        List<ProcessHandle> sleeping = sleepers.list();
        assertEquals(1 << 20, Files.getFileStore(disk).getTotalSpace(), "the disk is no disk of its own");
        owner.close();
        assertTrue(sleeping.getFirst().isAlive(), "nothing was left to sweep");
        assertTrue(NamespaceLab.sweep().containsAll(names));
        long pid = sleeping.getFirst().pid();
        assertFalse(sleepers.list().stream().anyMatch(process -> process.pid() == pid));
        assertNotEquals(1 << 20, Files.getFileStore(disk).getTotalSpace());
        names.forEach(name -> assertFalse(Files.exists(Namespaces.file(name))));
        assertEquals("connected", connect("a", "b"));
    }

    private static List<String> withPrefixOf(List<String> swept, List<String> names) {
        return swept.stream().filter(names::contains).toList();
    }

    @Test
    @DisplayName("an owner in a network of its own reaches a host that is cut off from all others")
    void observer() throws IOException {
        String shell = String.join(" ", Remote.java(directory, NetShell.class));
        List<String> argv = new ArrayList<>(List.of(labRun()));
        argv.addAll(Remote.java(directory, LabOwner.class, List.of(Lab.class), "observe", shell));
        try (Remote owner = new Remote(new ProcessBuilder(argv))) {
            assertEquals("true, b: " + TIMEOUT + ", observer: connected", owner.answer());
        }
    }

    private static String labRun() {
        Path directory = Path.of("").toAbsolutePath();
        while (directory != null && !Files.exists(directory.resolve("deploy/lib/lab-run"))) {
            directory = directory.getParent();
        }
        return directory + "/deploy/lib/lab-run";
    }

    @Test
    @DisplayName("an ordinary user builds the same laboratory in a user namespace")
    void ordinaryUser() throws IOException {
        String shell = String.join(" ", Remote.java(directory, NetShell.class));
        Path copy = Files.copy(Path.of(labRun()), directory.resolve("lab-run"));
        List<String> argv = new ArrayList<>(
                List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--", "bash", copy.toString()));
        argv.addAll(Remote.java(directory, LabOwner.class, List.of(Lab.class), "observe", shell));
        Assumptions.assumeTrue(Privileges.isRoot(), "the other tests run as an ordinary user already");
        try (Remote owner = new Remote(new ProcessBuilder(argv))) {
            assertEquals("true, b: " + TIMEOUT + ", observer: connected", owner.answer());
        }
    }
}
