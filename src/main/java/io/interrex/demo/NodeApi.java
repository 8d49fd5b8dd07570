package io.interrex.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks nodes over their HTTP API; a node that does not answer in time gives nothing. */
final class NodeApi implements AutoCloseable {

    static final int PORT = 7404;

    private static final Duration CONNECT_MAX = Duration.ofMillis(500);
    private static final Duration ANSWER_MAX = Duration.ofMillis(1500);
    private static final int EVENTS_LIMIT = 500;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_MAX)
            .build();
    private final JsonMapper json = new JsonMapper();

    Optional<Sight> status(String address) {
        return get(address, "/v1/status").map(Sight::of);
    }

    boolean isReady(String address) {
        return get(address, "/readiness").isPresent();
    }

    boolean isSettled(String address) {
        return get(address, "/settled").isPresent();
    }

    /** Why a node is not ready, or that it does not answer. */
    String readiness(String address) {
        return answer(address, "/readiness");
    }

    /** What a node answers, or that it does not. */
    String answer(String address, String path) {
        try {
            return ask(request(address, path).GET().build()).body();
        } catch (IOException e) {
            return "no answer: " + e;
        }
    }

    List<Happening> events(String address, long from) {
        var found = new ArrayList<Happening>();
        try {
            JsonNode page = get(address, "/v1/events?from=" + from + "&limit=" + EVENTS_LIMIT)
                    .orElseGet(json::createObjectNode);
            for (JsonNode event : page.path("events")) {
                found.add(Happening.of(event, json));
            }
        } catch (IOException e) {
            throw new DemoException("an event of " + address + " cannot be read: " + e, e);
        }
        return found;
    }

    /** Orders a switchover; returns the operation's id. */
    String switchover(String address, String target) {
        HttpRequest request = request(address, "/v1/switchover")
                .timeout(Duration.ofSeconds(10))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"actor\":\"demo\",\"target\":\"" + target + "\"}"))
                .build();
        try {
            HttpResponse<String> reply = ask(request);
            JsonNode body = json.readTree(reply.body());
            if (reply.statusCode() / 100 != 2) {
                throw new DemoException("the switchover to " + target + " was refused: " + reply.body());
            }
            return body.path("operation").asText();
        } catch (IOException e) {
            throw new DemoException("the switchover to " + target + " could not be ordered: " + e, e);
        }
    }

    private Optional<JsonNode> get(String address, String path) {
        try {
            HttpResponse<String> reply = ask(request(address, path).GET().build());
            return reply.statusCode() == 200 ? Optional.of(json.readTree(reply.body())) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static HttpRequest.Builder request(String address, String path) {
        return HttpRequest.newBuilder(URI.create("http://" + address + ":" + PORT + path))
                .timeout(ANSWER_MAX);
    }

    private HttpResponse<String> ask(HttpRequest request) throws IOException {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DemoException("interrupted while asking " + request.uri(), e);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
