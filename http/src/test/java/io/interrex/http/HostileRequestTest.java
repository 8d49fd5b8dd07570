package io.interrex.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.port.Order;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.pekko.actor.ActorSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Requests as no decent client sends them: each gets a clear answer soon, tells nothing of the inside, orders nothing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(30)
final class HostileRequestTest {

    private static final Logger LOG = LoggerFactory.getLogger(HostileRequestTest.class);
    private static final String END = "\r\n\r\n";
    private final ActorSystem system = ActorSystem.create("hostile-test");
    private final StubPorts ports = new StubPorts();
    private InetSocketAddress address = new InetSocketAddress(0);

    @BeforeAll
    void start() throws Exception {
        address = HttpServer.start(system, ports, ports, "127.0.0.1", 0, HttpLimits.defaults())
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS)
                .address();
    }

    @AfterAll
    void stop() throws Exception {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @AfterEach
    void stillServes() throws Exception {
        List<Order> ordered = List.copyOf(ports.orders);
        ports.orders.clear();
        assertEquals(List.of(), ordered);
        assertEquals("200", statusOf(ask("GET /liveness HTTP/1.1\r\nHost: x" + END)));
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /v1/status HTTP/1.1\\r\\nHost: x\\r\\nAccept: text/html                 | 406",
                "POST /v1/resume HTTP/1.1\\r\\nHost: x\\r\\nAccept: image/png                | 406",
                "GET /v1/status HTTP/1.1\\r\\nHost: x\\r\\nAccept: application/*             | 200",
                "GET /v1/status HTTP/1.1\\r\\nHost: x\\r\\nAccept: text/html, */*;q=0.1      | 200",
                "GET /v1/status HTTP/1.1\\r\\nHost: x\\r\\nAccept: @@@;;;                    | 200",
                "GET /liveness HTTP/1.1\\r\\nHost: x\\r\\nAccept: text/html                  | 200",
                "TRACE /v1/status HTTP/1.1\\r\\nHost: x                                      | 405",
                "DROP /v1/status HTTP/1.1\\r\\nHost: x                                       | 501",
                "GET /v1/../v1/none HTTP/1.1\\r\\nHost: x                                    | 404",
                "GET /v1/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\\r\\nHost: x                      | 404",
                "GET /v1/status?group=%ff%fe HTTP/1.1\\r\\nHost: x                           | 404",
                "GET /v1/status?group=%00 HTTP/1.1\\r\\nHost: x                              | 404",
                "GET /v1/status?group=%zz HTTP/1.1\\r\\nHost: x                              | 400",
                "GET /v1/events?from=99999999999999999999 HTTP/1.1\\r\\nHost: x              | 400",
                "GET /replica?lag=-1 HTTP/1.1\\r\\nHost: x                                   | 400",
                "GET /v1/status HTTP/9.9\\r\\nHost: x                                        | 505",
                "GET /v1/status HTTP/1.1                                                     | 400",
                "\\26\\3\\1\\2                                                                | 400"
            })
    void answered(String request, String status) throws Exception {
        List<String> answer = ask(request.translateEscapes() + END);
        assertEquals(status, statusOf(answer), () -> String.join("\n", answer));
        assertTellsNothing(answer);
    }

    @ParameterizedTest(name = "a body of {0} => {2}")
    @CsvSource({
        "no UTF-8,     '{\"actor\":\"\u00ff\"}', 400",
        "NUL,          '{\"actor\":\"a\\u0000b\"}', 400",
        "a number,     1e999999999, 400",
        "an array,     '[]', 400",
        "nothing,      '', 400",
        "two objects,  '{}{}', 400"
    })
    void bodies(String what, String body, String status) throws Exception {
        byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        List<String> answer = ask(
                post("/v1/resume", "Content-Length: " + bytes.length) + new String(bytes, StandardCharsets.ISO_8859_1));
        assertEquals(status, statusOf(answer), () -> what + "\n" + String.join("\n", answer));
        assertTellsNothing(answer);
    }

    @Test
    @DisplayName("a body that is announced as too large is refused before it is sent, a chunked one while it is")
    void hugeBodies() throws Exception {
        assertEquals("413", statusOf(ask(post("/v1/resume", "Content-Length: 1000000000"))));
        String chunk = "1000\r\n" + "x".repeat(0x1000) + "\r\n";
        assertEquals("413", statusOf(ask(post("/v1/resume", "Transfer-Encoding: chunked") + chunk.repeat(64))));
    }

    @Test
    @DisplayName("an address of more than 2 KiB, a header of more than 4 KiB and more than 64 of them are refused")
    void heads() throws Exception {
        assertEquals("414", statusOf(ask("GET /" + "x".repeat(3000) + " HTTP/1.1\r\nHost: x" + END)));
        assertEquals("431", statusOf(ask("GET / HTTP/1.1\r\nHost: x\r\nX-Much: " + "x".repeat(5000) + END)));
        assertEquals("400", statusOf(ask("GET / HTTP/1.1\r\nHost: x" + "\r\nX-Many: x".repeat(100) + END)));
    }

    @Test
    @DisplayName("a hundred clients that never finish their head are in nobody's way")
    void unfinished() throws Exception {
        var sockets = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 100; i++) {
                Socket socket = connect();
                socket.getOutputStream().write("GET /v1/status HTTP/1.1\r\nHost".getBytes(StandardCharsets.US_ASCII));
                sockets.add(socket);
            }
            assertEquals("200", statusOf(ask("GET /primary HTTP/1.1\r\nHost: x" + END)));
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    @DisplayName(
            "who sends a head byte by byte is cut off at its deadline, so that as many of them as are served at a time"
                    + " keep nobody out for longer; neither is who sends nothing more after an answer")
    void dawdlers() throws Exception {
        InetSocketAddress served = address;
        address = HttpServer.start(system, ports, ports, "127.0.0.1", 0, narrow(Duration.ofSeconds(2), 3))
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS)
                .address();
        try (Socket one = dawdler();
                Socket two = dawdler();
                Socket answered = connect()) {
            answered.getOutputStream()
                    .write(("GET /liveness HTTP/1.1\r\nHost: x" + END).getBytes(StandardCharsets.US_ASCII));
            assertEquals('H', answered.getInputStream().read());
            long start = System.nanoTime();
            assertEquals("200", statusOf(ask("GET /primary HTTP/1.1\r\nHost: x" + END)));
            long waitedMs = (System.nanoTime() - start) / 1_000_000;
            assertTrue(waitedMs > 500 && waitedMs < 6000, () -> "a place was free after " + waitedMs + " ms");
            answered.getInputStream().readAllBytes();
            assertCutOff(one);
            assertCutOff(two);
        } finally {
            address = served;
        }
    }

    @Test
    @DisplayName("who follows events for longer than a head may take is not cut off")
    void followers() throws Exception {
        InetSocketAddress served = address;
        address = HttpServer.start(system, ports, ports, "127.0.0.1", 0, narrow(Duration.ofMillis(300), 3))
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS)
                .address();
        try (Socket follower = connect()) {
            follower.getOutputStream()
                    .write(("GET /v1/events/stream HTTP/1.1\r\nHost: x" + END).getBytes(StandardCharsets.US_ASCII));
            var in = new BufferedReader(new InputStreamReader(follower.getInputStream(), StandardCharsets.US_ASCII));
            long heartbeats = 0;
            while (heartbeats < 8) {
                String line = in.readLine();
                assertNotNull(line, "cut off after " + heartbeats + " heartbeats");
                heartbeats += line.equals(":") ? 1 : 0;
            }
        } finally {
            address = served;
        }
    }

    /** With a heartbeat every 100 ms. */
    private static HttpLimits narrow(Duration headWithin, int connectionsMax) {
        HttpLimits usual = HttpLimits.defaults();
        return new HttpLimits(
                usual.bodyMaxBytes(),
                usual.bodyMaxDepth(),
                headWithin,
                usual.bodyWithin(),
                usual.answerWithin(),
                usual.idleMax(),
                connectionsMax,
                usual.streamsMax(),
                usual.streamBuffer(),
                usual.streamBytesMax(),
                Duration.ofMillis(100));
    }

    /** Sends one byte of a head every 50 ms until it is cut off. */
    private Socket dawdler() throws IOException {
        Socket socket = connect();
        socket.getOutputStream().write("GET /v1/status HTTP/1.1\r\nX: ".getBytes(StandardCharsets.US_ASCII));
        Thread.ofVirtual().start(() -> dawdle(socket));
        return socket;
    }

    private static void assertCutOff(Socket socket) throws IOException {
        try {
            assertEquals(-1, socket.getInputStream().read());
        } catch (SocketException e) {
            assertEquals("Connection reset", e.getMessage());
        }
    }

    private static void dawdle(Socket socket) {
        try {
            while (true) {
                socket.getOutputStream().write('x');
                LockSupport.parkNanos(50_000_000);
            }
        } catch (IOException e) {
            LOG.debug("a dawdler was cut off: {}", e.toString());
        }
    }

    @Test
    @DisplayName("the answer names no program and no version")
    void anonymous() throws Exception {
        List<String> answer = ask("GET /v1/status HTTP/1.1\r\nHost: x" + END);
        assertFalse(answer.stream().anyMatch(line -> line.startsWith("Server:")), answer::toString);
        assertTellsNothing(answer);
    }

    private static String post(String path, String length) {
        return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + length + END;
    }

    private static String statusOf(List<String> answer) {
        return answer.isEmpty() ? "none" : answer.getFirst().replaceFirst("HTTP/1.1 (\\d+).*", "$1");
    }

    private static void assertTellsNothing(List<String> answer) {
        String text = String.join("\n", answer);
        for (String inside : List.of("Exception", "\tat ", "java.", "scala.", "io.interrex", "pekko")) {
            assertFalse(text.contains(inside), () -> inside + " in\n" + text);
        }
    }

    private Socket connect() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), address.getPort());
        socket.setSoTimeout(10_000);
        return socket;
    }

    /** The head of the answer, and as much of its body as Content-Length says. */
    private List<String> ask(String request) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            var lines = new ArrayList<String>();
            int length = 0;
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                lines.add(line);
                if (line.startsWith("Content-Length: ")) {
                    length = Integer.parseInt(line.substring("Content-Length: ".length()));
                }
            }
            var body = new char[length];
            int read = 0;
            for (int n = 0; n >= 0 && read < length; n = in.read(body, read, length - read)) {
                read += n;
            }
            lines.add(new String(body, 0, Math.max(read, 0)));
            return lines;
        }
    }
}
