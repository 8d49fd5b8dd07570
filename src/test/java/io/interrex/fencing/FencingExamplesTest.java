package io.interrex.fencing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.PowerHook;
import io.interrex.host.ProgramPath;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The examples of deploy/fencing, run by the hook that a node has, against stand-ins for what they talk to. */
@DisplayName("The examples of programs that power hosts off")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FencingExamplesTest {
    private static final Path EXAMPLES = Path.of("..", "deploy", "fencing");
    private static final Duration RUN_MAX = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private HttpServer api;

    FencingExamplesTest() throws IOException {
        api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void start() {
        api.start();
    }

    @AfterEach
    void stop() {
        api.stop(0);
    }

    private Outcome<Nothing> run(String example, String member, Duration runMax, String... replaced)
            throws IOException {
        String text = Files.readString(EXAMPLES.resolve(example));
        for (int i = 0; i < replaced.length; i += 2) {
            assertTrue(text.contains(replaced[i]), () -> example + " has no such place to fill in");
            text = text.replace(replaced[i], replaced[i + 1]);
        }
        Path program = Files.writeString(directory.resolve(example), text);
        assertTrue(program.toFile().setExecutable(true));
        return new LocalPowerHook(List.of(program.toString()), runMax, path -> Optional.empty())
                .powerOff(new PowerHook.Target("main", 7, member, "10.0.0.1", 1))
                .toCompletableFuture()
                .join();
    }

    private Outcome<Nothing> virtualMachine(String member, Duration runMax) throws IOException {
        assumeTrue(ProgramPath.find("curl").isPresent(), "curl is not installed");
        Path credential = Files.writeString(directory.resolve("header"), "Authorization: Bearer of the test\n");
        return run(
                "vm-api.sh",
                member,
                runMax,
                "https://vm-api.example/v1",
                "http://127.0.0.1:" + api.getAddress().getPort() + "/v1",
                "/etc/interrex/vm-api.header",
                credential.toString());
    }

    private void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        try (var out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    /** A provider that accepts the order with {@code status} and whose machine is in the last state from the third look on. */
    private void machine(int status, String end) {
        api.createContext("/v1/", exchange -> {
            assertEquals("Bearer of the test", exchange.getRequestHeaders().getFirst("Authorization"));
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            boolean order = "POST".equals(exchange.getRequestMethod());
            String state = asked.size() < 4 ? "stopping" : end;
            answer(exchange, order ? status : 200, "{\"id\": \"vm-0001\", \"state\": \"" + state + "\"}");
        });
    }

    @Test
    @DisplayName("vm-api.sh is done when the provider says that the machine is off, not when it took the order")
    void off() throws IOException {
        machine(202, "off");
        assertEquals(Outcome.done(Nothing.NOTHING), virtualMachine("a", RUN_MAX));
        assertEquals(
                List.of(
                        "POST /v1/machines/vm-0001/power-off?force=true",
                        "GET /v1/machines/vm-0001",
                        "GET /v1/machines/vm-0001",
                        "GET /v1/machines/vm-0001"),
                asked);
    }

    @Test
    @DisplayName("vm-api.sh is unknown where the machine does not get off in time")
    void neverOff() throws IOException {
        machine(202, "running");
        assertInstanceOf(Outcome.Unknown.class, virtualMachine("a", Duration.ofMillis(1500)));
    }

    @ParameterizedTest(name = "the provider answers the order with {0}")
    @CsvSource({"401", "404", "500"})
    @DisplayName("vm-api.sh is unknown where the provider refuses the order")
    void orderRefused(int status) throws IOException {
        machine(status, "off");
        assertInstanceOf(Outcome.Unknown.class, virtualMachine("a", RUN_MAX));
        assertEquals(1, asked.size(), asked::toString);
    }

    @Test
    @DisplayName("vm-api.sh refuses a member of which it knows no machine, and asks for nothing")
    void stranger() throws IOException {
        machine(202, "off");
        Outcome<Nothing> outcome = virtualMachine("x", RUN_MAX);
        assertInstanceOf(Outcome.Refused.class, outcome, outcome::toString);
        assertEquals(List.of(), asked);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "the kubelet confirms the end,     node-1, True,    0, Done",
        "the kubelet does not confirm it,  node-1, True,    1, Unknown",
        "its node does not answer,         node-1, Unknown, 0, Unknown",
        "there is no such Pod,             '',     True,    0, Unknown"
    })
    @DisplayName("kubernetes-pod.sh is done only when the Pod's own node has confirmed that its containers ended")
    void pod(String what, String node, String ready, int deleted, String said) throws IOException {
        Path told = directory.resolve("told");
        Path kubectl = Files.writeString(directory.resolve("kubectl"), """
                #!/bin/sh
                echo "$*" >> %s
                case "$*" in
                  *"get pod interrex-a-0"*) printf '%%s' '%s' ;;
                  *"get node node-1"*) printf '%%s' '%s' ;;
                  *"delete pod interrex-a-0"*) exit %d ;;
                  *) exit 99 ;;
                esac
                """.formatted(told, node, ready, deleted));
        assertTrue(kubectl.toFile().setExecutable(true));
        Outcome<Nothing> outcome =
                run("kubernetes-pod.sh", "a", RUN_MAX, "$(kubectl", "$(" + kubectl, "\nkubectl", "\n" + kubectl);
        assertEquals(said, outcome.getClass().getSimpleName(), outcome.toString());
        boolean ordered = Files.readString(told).contains("delete pod");
        assertEquals("node-1".equals(node) && "True".equals(ready), ordered, what);
        assertTrue(!Files.readString(told).contains("--force"), "force forgets a Pod that may run on");
    }
}
