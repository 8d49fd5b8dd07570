package io.interrex.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.port.Order;
import io.interrex.cluster.port.OrderAnswer;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.pekko.actor.ActorSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(30)
final class ApiTest {

    private final ActorSystem system = ActorSystem.create("api-test");
    private final HttpClient client = HttpClient.newHttpClient();
    private final ObjectMapper mapper = new ObjectMapper();
    private StubPorts ports = new StubPorts();
    private InetSocketAddress address = new InetSocketAddress(0);

    @BeforeAll
    void start() throws Exception {
        address = startWith(ports);
    }

    private InetSocketAddress startWith(StubPorts stub) throws Exception {
        return startWith(stub, HttpLimits.defaults());
    }

    private InetSocketAddress startWith(StubPorts stub, HttpLimits limits) throws Exception {
        return HttpServer.start(system, stub, stub, "127.0.0.1", 0, limits)
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS)
                .address();
    }

    @AfterAll
    void stop() throws Exception {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest(name = "{0} {1} => {2}")
    @CsvSource({
        "GET,     /primary,                    200",
        "HEAD,    /primary,                    200",
        "OPTIONS, /primary,                    200",
        "GET,     /replica,                    503",
        "GET,     /replica?lag=16MiB,          503",
        "GET,     /replica?lag=16apples,       400",
        "GET,     /health,                     200",
        "GET,     /readiness,                  200",
        "GET,     /liveness,                   200",
        "POST,    /primary,                    405",
        "GET,     /primary?group=none,         404",
        "GET,     /v1/status,                  200",
        "GET,     /v1/status?group=main,       200",
        "GET,     /v1/status?group=none,       404",
        "DELETE,  /v1/status,                  405",
        "GET,     /v1/topology,                200",
        "GET,     /v1/events,                  200",
        "GET,     /v1/events?limit=0,          400",
        "GET,     /v1/events?limit=1001,       400",
        "GET,     /v1/events?from=-1,          400",
        "GET,     /v1/events?from=x,           400",
        "GET,     /v1/switchover,              405",
        "GET,     /v1/nothing,                 404",
        "GET,     /v1//status,                 404",
        "GET,     /,                           404"
    })
    void status(String method, String path, int status) throws Exception {
        HttpResponse<String> response =
                send(HttpRequest.newBuilder(uri(path)).method(method, HttpRequest.BodyPublishers.noBody()));
        assertEquals(status, response.statusCode(), response.body());
        if (status >= 400 && status != 503) {
            assertEquals("application/problem+json", type(response));
            JsonNode problem = mapper.readTree(response.body());
            assertEquals(status, problem.get("status").asInt());
            assertFalse(problem.get("detail").asText().isEmpty());
            assertFalse(problem.get("remedy").asText().isEmpty());
        }
    }

    @Test
    @DisplayName("the status shows node and group in the words of the core")
    void statusBody() throws Exception {
        JsonNode status =
                mapper.readTree(send(HttpRequest.newBuilder(uri("/v1/status"))).body());
        assertEquals("a", status.at("/node/node").asText());
        assertEquals("established", status.at("/group/phase").asText());
        assertEquals("open", status.at("/group/members/0/gate").asText());
        assertEquals("b", status.at("/group/syncSet/standbys/0").asText());
    }

    @Test
    @DisplayName("a node that has not read the log yet says so, with 503")
    void notYet() throws Exception {
        StubPorts stub = new StubPorts();
        stub.forget("main");
        InetSocketAddress there = startWith(stub);
        HttpResponse<String> response = send(HttpRequest.newBuilder(uri(there, "/v1/status")));
        assertEquals(503, response.statusCode());
        assertTrue(response.body().contains("has not read the log"), response.body());
    }

    @Test
    @DisplayName(
            "an accepted order is answered with its operation, rule and version, and kept with who asked from where")
    void accepted() throws Exception {
        HttpResponse<String> response = post("/v1/switchover", "{\"target\":\"b\",\"actor\":\"eve\"}");
        assertEquals(202, response.statusCode(), response.body());
        JsonNode answer = mapper.readTree(response.body());
        assertEquals("R900", answer.at("/rule/code").asText());
        assertEquals(43, answer.at("/version").asInt());
        Order.Switchover order = assertInstanceOf(Order.Switchover.class, ports.orders.getLast());
        assertEquals("b", order.target());
        assertEquals("eve (127.0.0.1)", order.actor());
        assertEquals(answer.get("operation").asText(), order.operation().toString());
    }

    @Test
    @DisplayName("an order without target leaves the choice to the rules, and keeps the operation that was given")
    void operationGiven() throws Exception {
        UUID id = UUID.randomUUID();
        assertEquals(
                202, post("/v1/switchover", "{\"operation\":\"" + id + "\"}").statusCode());
        Order.Switchover order = assertInstanceOf(Order.Switchover.class, ports.orders.getLast());
        assertNull(order.target());
        assertEquals(id, order.operation());
    }

    @Test
    @DisplayName("a refused order is a problem with the rule; an unknown outcome is neither")
    void refusedAndUnknown() throws Exception {
        StubPorts stub = new StubPorts();
        InetSocketAddress there = startWith(stub);
        stub.answerWith(order -> new OrderAnswer.Refused(order.operation(), RuleId.ORDER_SELF, "a is the primary"));
        HttpResponse<String> refused = post(there, "/v1/switchover", "{\"target\":\"a\"}");
        assertEquals(409, refused.statusCode());
        assertEquals("R910", mapper.readTree(refused.body()).at("/rule/code").asText());
        stub.answerWith(order -> new OrderAnswer.Unknown(order.operation(), "the log did not answer"));
        HttpResponse<String> unknown = post(there, "/v1/switchover", "{}");
        assertEquals(504, unknown.statusCode());
        assertTrue(unknown.body().contains(stub.orders.getLast().operation().toString()), unknown.body());
    }

    @ParameterizedTest(name = "POST {0} {1} => 400, {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/switchover | {\"targt\":\"b\"}               | unknown field 'targt'",
                "/v1/switchover | {\"target\":7}                  | is not a text",
                "/v1/switchover | {\"target\":\"b; drop\"}        | not the name of a member",
                "/v1/switchover | {\"operation\":\"7\"}           | not a UUID",
                "/v1/switchover | []                              | not a JSON object",
                "/v1/switchover | {                               | not JSON",
                "/v1/switchover | {\"target\":\"a\",\"target\":\"b\"} | not JSON",
                "/v1/switchover | {} {}                           | not JSON",
                "/v1/switchover | {\"x\":[[[[[[[[[[1]]]]]]]]]]}   | not JSON within the limits",
                "/v1/failover   | {}                              | has to be confirmed",
                "/v1/failover   | {\"confirm\":\"yes\"}           | has to be confirmed",
                "/v1/reinit     | {}                              | names the member",
                "/v1/reinit     | {\"target\":\"b\"}              | has to be confirmed",
                "/v1/pause      | {}                              | needs a reason",
                "/v1/pause      | {\"reason\":\"a\\nb\"}          | control characters"
            })
    void wrongBodies(String path, String body, String part) throws Exception {
        int before = ports.orders.size();
        HttpResponse<String> response = post(path, body);
        assertEquals(400, response.statusCode(), response.body());
        assertTrue(response.body().contains(part), response.body());
        assertEquals(before, ports.orders.size());
    }

    @Test
    @DisplayName("failover with the group's name, pause with a reason and resume are orders")
    void otherOrders() throws Exception {
        assertEquals(202, post("/v1/failover", "{\"confirm\":\"main\"}").statusCode());
        assertInstanceOf(Order.Failover.class, ports.orders.getLast());
        assertEquals(202, post("/v1/pause", "{\"reason\":\"new switches\"}").statusCode());
        assertEquals(
                "new switches",
                assertInstanceOf(Order.Pause.class, ports.orders.getLast()).reason());
        assertEquals(202, post("/v1/resume", "{}").statusCode());
        assertInstanceOf(Order.Resume.class, ports.orders.getLast());
    }

    @Test
    @DisplayName("an order of another media type, from a web page, or of more than 16 KiB is refused")
    void notAnOrder() throws Exception {
        int before = ports.orders.size();
        var text = HttpRequest.newBuilder(uri("/v1/resume"))
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("{}"));
        assertEquals(415, send(text).statusCode());
        var page = HttpRequest.newBuilder(uri("/v1/resume"))
                .header("Content-Type", "application/json")
                .header("Origin", "http://evil.example")
                .POST(HttpRequest.BodyPublishers.ofString("{}"));
        assertEquals(403, send(page).statusCode());
        assertEquals(
                413,
                post("/v1/pause", "{\"reason\":\"" + "x".repeat(20_000) + "\"}").statusCode());
        assertEquals(before, ports.orders.size());
    }

    @Test
    @DisplayName(
            "a body that never ends its sending is not waited for longer than 3 s, and others are served meanwhile")
    void slowBody() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), address.getPort())) {
            socket.setSoTimeout(15_000);
            socket.getOutputStream()
                    .write(
                            ("POST /v1/resume HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{")
                                    .getBytes(StandardCharsets.US_ASCII));
            long start = System.nanoTime();
            assertEquals(200, send(HttpRequest.newBuilder(uri("/liveness"))).statusCode());
            String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
            assertTrue(line == null || line.contains(" 4"), () -> "unexpected: " + line);
            assertTrue(Duration.ofNanos(System.nanoTime() - start).toSeconds() < 10);
        }
    }

    @Test
    @DisplayName("events are read page by page, each with its sentence, rule and hash")
    void events() throws Exception {
        StubPorts stub = new StubPorts();
        InetSocketAddress there = startWith(stub);
        for (String why : new String[] {"first", "second", "third"}) {
            stub.add(why);
        }
        JsonNode page = mapper.readTree(send(HttpRequest.newBuilder(uri(there, "/v1/events?from=2&limit=1")))
                .body());
        assertEquals(1, page.get("events").size());
        assertEquals(3, page.get("next").asInt());
        assertEquals("the gate of a is open: second", page.at("/events/0/text").asText());
        assertEquals("R625 GATE_RECORDED", page.at("/events/0/rule/label").asText());
        assertEquals("11", page.at("/events/0/hash").asText());
    }

    @Test
    @DisplayName(
            "a follower gets old and new events in order, goes on behind Last-Event-ID, and is let go when it leaves")
    void follow() throws Exception {
        StubPorts stub = new StubPorts();
        InetSocketAddress there = startWith(stub);
        stub.add("first");
        stub.add("second");
        var request = HttpRequest.newBuilder(uri(there, "/v1/events/stream"))
                .header("Last-Event-ID", "1")
                .build();
        HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        assertEquals(
                "text/event-stream",
                response.headers().firstValue("Content-Type").orElse("").split(";", 2)[0]);
        try (var lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            assertEquals("id: 2", lines.readLine());
            assertEquals("event: decision", lines.readLine());
            assertTrue(lines.readLine().contains("second"));
            assertEquals("", lines.readLine());
            stub.add("third");
            String line = lines.readLine();
            while (line != null && !line.startsWith("id: ")) {
                line = lines.readLine();
            }
            assertEquals("id: 3", line);
        }
        long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
        while (!stub.followers.isEmpty()) {
            stub.add("still there?");
            assertTrue(System.nanoTime() < deadline, "the follower that left is still subscribed");
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }

    private static HttpLimits narrow(int streamsMax, int streamBuffer) {
        return narrow(streamsMax, streamBuffer, HttpLimits.defaults().streamBytesMax());
    }

    private static HttpLimits narrow(int streamsMax, int streamBuffer, long streamBytesMax) {
        HttpLimits usual = HttpLimits.defaults();
        return new HttpLimits(
                usual.bodyMaxBytes(),
                usual.bodyMaxDepth(),
                usual.headWithin(),
                usual.bodyWithin(),
                usual.answerWithin(),
                usual.idleMax(),
                usual.connectionsMax(),
                streamsMax,
                streamBuffer,
                streamBytesMax,
                usual.heartbeatEvery());
    }

    @Test
    @DisplayName("one follower too many is refused with 503")
    void tooManyFollowers() throws Exception {
        InetSocketAddress there = startWith(new StubPorts(), narrow(1, 10));
        var request = HttpRequest.newBuilder(uri(there, "/v1/events/stream")).build();
        try (InputStream first =
                client.send(request, HttpResponse.BodyHandlers.ofInputStream()).body()) {
            assertEquals(
                    503,
                    send(HttpRequest.newBuilder(uri(there, "/v1/events/stream")))
                            .statusCode());
            assertTrue(first.available() >= 0);
        }
    }

    @Test
    @DisplayName("a follower that is further behind than the buffer gets the buffer and is cut, to go on from there")
    void behindTheBuffer() throws Exception {
        StubPorts stub = new StubPorts();
        for (int i = 1; i <= 30; i++) {
            stub.add("event " + i);
        }
        InetSocketAddress there = startWith(stub, narrow(4, 10));
        String all =
                send(HttpRequest.newBuilder(uri(there, "/v1/events/stream"))).body();
        var ids = all.lines().filter(line -> line.startsWith("id: ")).toList();
        assertEquals("id: 1", ids.getFirst());
        assertTrue(ids.size() >= 10 && ids.size() < 30, ids::toString);
        for (int i = 0; i < ids.size(); i++) {
            assertEquals("id: " + (i + 1), ids.get(i));
        }
    }

    @Test
    @DisplayName("followers that leave too many bytes unread are cut, and what they held is free again")
    void tooManyBytes() throws Exception {
        StubPorts stub = new StubPorts();
        for (int i = 1; i <= 30; i++) {
            stub.add("event " + i + "x".repeat(1000));
        }
        InetSocketAddress there = startWith(stub, narrow(4, 100, 10_000));
        for (int attempt = 0; attempt < 3; attempt++) {
            String all = send(HttpRequest.newBuilder(uri(there, "/v1/events/stream")))
                    .body();
            long ids = all.lines().filter(line -> line.startsWith("id: ")).count();
            assertTrue(ids >= 3 && ids < 30, "attempt " + attempt + ": " + ids);
        }
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return post(address, path, body);
    }

    private HttpResponse<String> post(InetSocketAddress there, String path, String body) throws Exception {
        return send(HttpRequest.newBuilder(uri(there, path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String type(HttpResponse<?> response) {
        return response.headers().firstValue("Content-Type").orElse("").split(";", 2)[0];
    }

    private URI uri(String path) {
        return uri(address, path);
    }

    private static URI uri(InetSocketAddress there, String path) {
        return URI.create("http://127.0.0.1:" + there.getPort() + path);
    }
}
