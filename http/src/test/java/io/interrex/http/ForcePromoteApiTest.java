package io.interrex.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.KnownLoss;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.port.Order;
import io.interrex.cluster.port.OrderAnswer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;
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
@DisplayName("POST /v1/force-promote")
final class ForcePromoteApiTest {

    private static final String WHOLE =
            "{\"target\":\"b\",\"confirm\":\"main\",\"epoch\":7,\"reason\":\"both hosts burnt\"%s}";

    private final ActorSystem system = ActorSystem.create("force-promote-test");
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

    private HttpResponse<String> post(String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + "/v1/force-promote"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"confirm\":\"main\",\"epoch\":7,\"reason\":\"r\"}                      | names its member",
                "{\"target\":\"b\",\"epoch\":7,\"reason\":\"r\"}                          | has to be confirmed",
                "{\"target\":\"b\",\"confirm\":\"main\",\"reason\":\"r\"}                 | names the epoch",
                "{\"target\":\"b\",\"confirm\":\"main\",\"epoch\":\"7\",\"reason\":\"r\"} | names the epoch",
                "{\"target\":\"b\",\"confirm\":\"main\",\"epoch\":7}                      | needs a reason",
                "{\"target\":\"b\",\"confirm\":\"main\",\"epoch\":7,\"reason\":\" \"}     | needs a reason",
                "{\"target\":\"b\",\"confirm\":\"main\",\"epoch\":7,\"reason\":\"r\",\"dryRun\":1} | not a boolean"
            })
    @DisplayName("without all that has to be typed is a wrong request, and no order")
    void wrong(String body, String part) throws Exception {
        int before = ports.orders.size();
        HttpResponse<String> response = post(body);
        assertEquals(400, response.statusCode(), response.body());
        assertTrue(response.body().contains(part), response.body());
        assertEquals(before, ports.orders.size());
    }

    @Test
    @DisplayName("passes on what was typed, for the group to compare")
    void order() throws Exception {
        ports.answerWith(order -> new OrderAnswer.Accepted(order.operation(), RuleId.ORDER_ACCEPTED, "recorded", 43));
        assertEquals(202, post(WHOLE.formatted("").replace("main", "mian")).statusCode());
        var order = assertInstanceOf(Order.ForcePromotion.class, ports.orders.getLast());
        assertEquals("mian", order.typedGroup());
        assertEquals("main", order.group());
        assertEquals(7, order.typedEpoch());
        assertEquals("b", order.target());
        assertEquals("both hosts burnt", order.reason());
        assertFalse(order.dryRun());
    }

    @Test
    @DisplayName("as a dry run tells the known loss, null with the reason where it is not known")
    void dryRun() throws Exception {
        var loss = new KnownLoss(new Lsn(120), 30, "0/78 was seen, b is at 0/5A", -1, "node a has not heard a");
        ports.answerWith(order ->
                new OrderAnswer.Foreseen(order.operation(), RuleId.ORDER_ACCEPTED, "b is to be promoted", loss));
        HttpResponse<String> response = post(WHOLE.formatted(",\"dryRun\":true"));
        assertEquals(200, response.statusCode(), response.body());
        JsonNode body = new ObjectMapper().readTree(response.body());
        assertTrue(body.path("dryRun").asBoolean());
        assertEquals(30, body.at("/knownLoss/bytes").asLong());
        assertTrue(body.at("/knownLoss/secondsSinceContact").isNull(), response.body());
        assertTrue(body.at("/knownLoss/contactWhy").asText().contains("not heard"), response.body());
        assertTrue(assertInstanceOf(Order.ForcePromotion.class, ports.orders.getLast())
                .dryRun());
    }
}
