package io.interrex.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.port.Order;
import io.interrex.node.NodeRunner;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
final class CliTest {

    private final AtomicReference<StubNode> node = new AtomicReference<>();

    @TempDir
    Path directory = Path.of("");

    record Result(int code, String out, String err) {}

    @BeforeAll
    void start() throws Exception {
        node.set(new StubNode());
        for (int i = 1; i <= 3; i++) {
            stub().add(new GroupEvent.GateMoved(7, RuleId.GATE_RECORDED, "a", true, "event " + i));
        }
    }

    @AfterAll
    void stop() throws Exception {
        stub().close();
    }

    private StubNode stub() {
        return node.get();
    }

    static Result run(String... arguments) {
        return run((config, host) -> 42, arguments);
    }

    private static Result run(NodeRunner runner, String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int code = Cli.run(arguments, runner, new PrintWriter(out), new PrintWriter(err));
        return new Result(code, out.toString(), err.toString());
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    @DisplayName("status shows the alarm first, then primary, members, voters, log and routes")
    void status() {
        Result result = run("status", "--url", stub().url());
        assertEquals(0, result.code(), result.err());
        var lines = result.out().lines().toList();
        assertEquals("ALARM    member c: its disk is full", lines.getFirst());
        assertTrue(result.out().contains("a is primary, writable, epoch 7 (established), auto"), result.out());
        assertTrue(result.out().contains("wait for 1 of b (sync)"), result.out());
        assertTrue(result.out().contains("2 KiB"), result.out());
        assertTrue(result.out().contains("open, g 42 ms"), result.out());
        assertTrue(
                lines.contains(
                        "planned  switchover to the best standby at 2023-11-14T22:13:20Z, to begin before 2023-11-14T22:18:20Z, ordered by eve; held: R915: b lags"),
                result.out());
        assertEquals(
                List.of("tags     b: noloadbalance"),
                lines.stream().filter(line -> line.startsWith("tags")).toList());
        assertEquals(
                List.of(
                        "slot     cdc: logical (pgoutput of app), on a 0/6000000 active; a failover loses its position",
                        "slot     keep: physical, on a 0/7000000 extended, b 0/8000000 (does not cover it yet)",
                        "slot     theirs: physical, not there yet; not kept by Interrex, a failover loses it"),
                lines.stream().filter(line -> line.startsWith("slot")).toList());
        assertTrue(
                result.out().contains("app/haproxy: writes to a (5 sessions), reads to b (1 session), since 2023-11-1"),
                result.out());
        assertTrue(
                result.out()
                        .contains("web/haproxy: not heard of, by the log writes to nobody, reads to nobody, since "),
                result.out());
    }

    @Test
    @DisplayName("topology shows who follows whom")
    void topology() {
        Result result = run("topology", "--url", stub().url());
        assertTrue(result.out().contains("   +- b (standby)"), result.out());
        assertTrue(result.out().contains("gate read, synchronous, noloadbalance, 2 KiB behind"), result.out());
    }

    @Test
    @DisplayName("--json prints what the API answers")
    void json() throws Exception {
        Result result = run("status", "--json", "--url", stub().url());
        assertEquals(
                "a",
                new ObjectMapper().readTree(result.out()).at("/group/primary").asText());
    }

    @Test
    @DisplayName("events are one line each, with time, epoch, rule and sentence; --export has the envelope")
    void events() {
        Result result = run("events", "--from", "2", "--url", stub().url());
        assertTrue(
                result.out()
                        .lines()
                        .findFirst()
                        .orElse("")
                        .endsWith("e7  R625 GATE_RECORDED  the gate of a is open: event 2"),
                result.out());
        Result export = run("events", "--export", "--url", stub().url());
        assertTrue(export.out().lines().findFirst().orElse("").contains("\"hash\":\"11\""), export.out());
    }

    @Test
    @DisplayName("a switchover is followed to its end")
    void switchover() {
        Result result = run("switchover", "--to", "b", "--url", stub().url());
        assertEquals(0, result.code(), result.err());
        assertTrue(result.out().contains("accepted by R900 ORDER_ACCEPTED"), result.out());
        assertTrue(result.out().contains("is done: b is primary"), result.out());
        assertTrue(assertInstanceOf(Order.Switchover.class, stub().orders.getLast())
                .actor()
                .contains("@"));
    }

    @Test
    @DisplayName(
            "a switchover from a member is ordered only where that member is the primary: a host that stops says it each time")
    void switchoverFrom() {
        Result standby = run("switchover", "--from", "b", "--url", stub().url());
        assertEquals(0, standby.code(), standby.err());
        assertTrue(standby.out().contains("nothing was ordered: a is the primary, not b"), standby.out());
        assertTrue(stub().orders.isEmpty());
        assertEquals(
                0,
                run("switchover", "--from", "a", "--to", "b", "--url", stub().url())
                        .code());
        assertEquals(1, stub().orders.size());
    }

    @Test
    @DisplayName("a refused order exits 1 with rule and reason; one that failed exits 1; an unknown outcome exits 4")
    void notDone() {
        Result refused = run("switchover", "--to", "a", "--url", stub().url());
        assertEquals(1, refused.code());
        assertTrue(refused.err().contains("refused by R910 ORDER_SELF: a is the primary"), refused.err());
        assertEquals(1, run("switchover", "--to", "c", "--url", stub().url()).code());
        Result unknown = run("switchover", "--to", "lost", "--url", stub().url());
        assertEquals(4, unknown.code());
        assertTrue(unknown.err().contains("the log did not answer"), unknown.err());
    }

    @Test
    @DisplayName(
            "a failover ends well where the member that was named is promoted, or where none was named, and else not")
    void failoverToAnother() {
        Result named = run("failover", "--yes", "--to", "b", "--url", stub().url());
        assertEquals(0, named.code(), named.err());
        assertEquals(0, run("failover", "--yes", "--url", stub().url()).code());
        Result other = run("failover", "--yes", "--to", "c", "--url", stub().url());
        assertEquals(Exit.REFUSED.code(), other.code());
        assertTrue(other.err().contains("b was promoted, not c"), other.err());
    }

    @Test
    @DisplayName("a failover without --yes orders nothing and says what it would do")
    void failoverUnconfirmed() {
        int before = stub().orders.size();
        Result result = run("failover", "--url", stub().url());
        assertEquals(2, result.code());
        assertTrue(
                result.err().contains("would replace a, the primary of group main, which is writable now"),
                result.err());
        assertEquals(before, stub().orders.size());
        assertEquals(
                0, run("failover", "--yes", "--no-wait", "--url", stub().url()).code());
        assertInstanceOf(Order.Failover.class, stub().orders.getLast());
    }

    @Test
    @DisplayName("an order is sent again under the id that is given, else under a new one")
    void orderAgain() {
        String id = "7b0e3f9e-3a51-4a6f-8d80-5b6f0c7f2a11";
        String url = stub().url();
        run("pause", "--reason", "new switches", "--operation", id, "--url", url);
        assertEquals(id, stub().orders.getLast().operation().toString());
        run("pause", "--reason", "new switches", "--url", url);
        assertNotEquals(id, stub().orders.getLast().operation().toString());
        assertEquals(
                2, run("resume", "--operation", "the one before", "--url", url).code());
    }

    @Test
    @DisplayName("pause needs a reason")
    void pause() {
        assertEquals(2, run("pause", "--url", stub().url()).code());
        assertEquals(
                0,
                run("pause", "--reason", "new switches", "--url", stub().url()).code());
        assertEquals(0, run("resume", "--url", stub().url()).code());
    }

    @Test
    @DisplayName("no node: exit 3, with each address, why it failed, and what to do")
    void unreachable() throws Exception {
        String dead = "http://127.0.0.1:" + freePort();
        Result result = run("status", "--url", dead);
        assertEquals(3, result.code());
        assertTrue(result.err().contains(dead + ": connection refused"), result.err());
        assertTrue(result.err().contains("See whether 'interrex node' runs"), result.err());
        assertEquals(3, run("switchover", "--url", dead).code());
        assertEquals(3, run("events", "--follow", "--from", "1", "--url", dead).code());
    }

    @Test
    @DisplayName("a node that takes the connection and says nothing: reads time out, an order's outcome is unknown")
    void silent() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String url = "http://127.0.0.1:" + mute.getLocalPort();
            Result result = run("status", "--timeout", "300ms", "--url", url);
            assertEquals(3, result.code());
            assertTrue(result.err().contains("no answer within the time limit"), result.err());
            assertEquals(
                    4, run("switchover", "--timeout", "300ms", "--url", url).code());
        }
    }

    @Test
    @DisplayName("the nodes of the configuration are asked in order until one answers")
    void nextNode() throws Exception {
        String port = stub().url().replaceAll(".*:", "");
        Path file = Files.writeString(directory.resolve("i.conf"), """
                nodes {
                  a { host = 127.0.0.1, ports { http = %d } }
                  b { host = 127.0.0.1, ports { http = %s, hands = 1, log = 2, brain = 3 } }
                  c { host = 127.0.0.2 }
                }
                groups { main { members { a { data = /tmp/a }, b { data = /tmp/b, port = 5433 } } } }
                """.formatted(freePort(), port));
        Result result = run("status", "--config", file.toString());
        assertEquals(0, result.code(), result.err());
        Result check = run("config", "check", "--config", file.toString());
        assertEquals(0, check.code(), check.err());
        assertTrue(check.out().contains("WARNING  "), check.out());
        assertTrue(check.out().contains("primary's postmaster crashed"), check.out());
    }

    @Test
    @DisplayName("following goes on with another node behind the last event, each event once")
    void followElsewhere() throws Exception {
        var lines = new StringWriter();
        try (StubNode first = new StubNode();
                StubNode second = new StubNode()) {
            GroupEvent one = new GroupEvent.GateMoved(1, RuleId.GATE_RECORDED, "a", true, "one");
            GroupEvent two = new GroupEvent.GateMoved(1, RuleId.GATE_RECORDED, "a", false, "two");
            first.add(one);
            second.add(one);
            var client = new ApiClient(
                    java.util.List.of(
                            new Endpoint("first", java.net.URI.create(first.url())),
                            new Endpoint("second", java.net.URI.create(second.url()))),
                    Duration.ofSeconds(2));
            var done = CompletableFuture.runAsync(() -> {
                try {
                    new EventFollower(client, new Connection(), 1, note -> {})
                            .follow(
                                    event -> {
                                        lines.append(event.path("text").asText())
                                                .append('\n');
                                        return event.path("text").asText().endsWith("two");
                                    },
                                    Duration.ofSeconds(30));
                } catch (Failure e) {
                    throw new IllegalStateException(e);
                }
            });
            await(() -> lines.toString().contains("one"));
            first.close();
            second.add(two);
            done.get(30, TimeUnit.SECONDS);
        } finally {
            assertEquals("the gate of a is open: one\nthe gate of a is closed: two\n", lines.toString());
        }
    }

    private static void await(java.util.function.BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "the condition did not come true in 20 s");
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    @Test
    @DisplayName("wrong command lines exit 2 and say what is known; --help exits 0 and lists the exit codes")
    void usage() {
        assertEquals(2, run("statsu").code());
        assertTrue(run("statsu").err().contains("status"));
        assertEquals(2, run("status", "--timeout", "5", "--url", stub().url()).code());
        assertEquals(2, run("status", "--url", "ftp://x").code());
        assertEquals(2, run("node").code());
        Result help = run("switchover", "--help");
        assertEquals(0, help.code());
        assertTrue(help.out().contains("4  it is not known"), help.out());
    }

    @Test
    @DisplayName("a node with a wrong configuration does not start and says why; a sound one is handed to the runner")
    void nodeCommand() throws Exception {
        Path file = Files.writeString(directory.resolve("bad.conf"), "profil = fast\n");
        Result result = run("node", "--config", file.toString(), "--name", "a");
        assertEquals(2, result.code());
        assertTrue(
                result.err().contains("bad.conf:1: profil = fast: is an unknown key. Did you mean 'profile'."),
                result.err());
        String own = directory.resolve("own").toString();
        Path witness = Files.writeString(
                directory.resolve("good.conf"), """
                nodes {
                  a { host = 127.0.0.1, ports { hands = %d, log = %d, brain = %d, http = %d } }
                  m { host = 127.0.0.2, voter = false }
                }
                groups { main { synchronous = false, members { m { data = /tmp/m } } } }
                directories { state = "%s", run = "%5$s", secrets = "%5$s", log = "%5$s" }
                """.formatted(freePort(), freePort(), freePort(), freePort(), own));
        List<String[]> forms = List.of(
                new String[] {"node", "--config", witness.toString(), "--name", "a"},
                new String[] {"node", "--name", "a", "--config", witness.toString()},
                new String[] {"node", "--config=" + witness, "--name=a"});
        NodeRunner failing = (config, host) -> {
            throw new IllegalStateException("the disk is gone");
        };
        for (String[] form : forms) {
            Result started = run(form);
            assertEquals(42, started.code(), started.err());
            Result failed = run(failing, form);
            assertEquals(Exit.INTERNAL.code(), failed.code());
            assertTrue(failed.err().contains("interrex: unexpected error"), failed.err());
            assertTrue(failed.err().contains("the disk is gone"), failed.err());
        }
        assertEquals(
                2, run("node", "--config", witness.toString(), "--name", "-x").code());
        assertTrue(
                run("node", "--config", witness.toString(), "--nam", "a").err().contains("--name"));
        assertEquals(
                2, run("node", "--config", witness.toString(), "--name", "z").code());
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource({
        "node --config f --name a, f a",
        "node --name a --config f, f a",
        "node --config --name a, none",
        "node --config f --name -x, none",
        "node --config -f --name a, none",
        "node --config f --config a, none",
        "node --config=f --name=a, none",
        "node --config f --name a --help, none",
        "node --help, none",
        "status --config f --name a, none"
    })
    @DisplayName("a node's plain command line is read without picocli, any other is left to it")
    void plain(String line, String read) {
        String found = NodeStart.plain(line.split(" "))
                .map(node -> node.config() + " " + node.name())
                .orElse("none");
        assertEquals(read, found);
    }
}
