package io.interrex.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks the nodes in order until one answers. What only reads is asked again elsewhere after any failure; an order only
 * where it cannot have arrived.
 */
final class ApiClient {

    private static final Duration CONNECT_WITHIN_MAX = Duration.ofSeconds(2);

    private final List<Endpoint> endpoints;
    private final Duration timeout;
    private final HttpClient http;
    private final ObjectMapper mapper = new ObjectMapper();

    ApiClient(List<Endpoint> endpoints, Duration timeout) {
        this.endpoints = endpoints;
        this.timeout = timeout;
        Duration connect = timeout.compareTo(CONNECT_WITHIN_MAX) < 0 ? timeout : CONNECT_WITHIN_MAX;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(connect)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** @param from who answered */
    record Reply(int status, JsonNode body, Endpoint from) {}

    List<Endpoint> endpoints() {
        return endpoints;
    }

    HttpClient http() {
        return http;
    }

    Reply get(String path) throws Failure {
        var failures = new ArrayList<String>();
        for (Endpoint endpoint : endpoints) {
            try {
                Reply reply = send(endpoint, request(endpoint, path).GET().build());
                if (reply.status() != 503) {
                    return reply;
                }
                failures.add(endpoint + ": " + Problems.text(reply.body()));
            } catch (IOException e) {
                failures.add(endpoint + ": " + why(e));
            }
        }
        throw unreachable(failures);
    }

    /** What one node answers, whatever its status; empty where it does not answer. */
    Optional<Reply> look(Endpoint endpoint, String path) throws Failure {
        try {
            return Optional.of(send(endpoint, request(endpoint, path).GET().build()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    Reply post(String path, String json) throws Failure {
        var failures = new ArrayList<String>();
        for (Endpoint endpoint : endpoints) {
            HttpRequest request = request(endpoint, path)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(json))
                    .build();
            try {
                Reply reply = send(endpoint, request);
                if (reply.status() != 503) {
                    return reply;
                }
                failures.add(endpoint + ": " + Problems.text(reply.body()));
            } catch (ConnectException | HttpConnectTimeoutException | UnknownHostException e) {
                failures.add(endpoint + ": " + why(e));
            } catch (IOException e) {
                throw new Failure(
                        Exit.UNKNOWN,
                        "the order was sent to " + endpoint + ", and no answer came (" + why(e)
                                + "): it may or may not be recorded.\nLook with 'interrex events' before you send it again.");
            }
        }
        throw unreachable(failures);
    }

    private HttpRequest.Builder request(Endpoint endpoint, String path) {
        return HttpRequest.newBuilder(endpoint.at(path)).timeout(timeout).header("Accept", "application/json");
    }

    private Reply send(Endpoint endpoint, HttpRequest request) throws IOException, Failure {
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return new Reply(response.statusCode(), parse(endpoint, response.body()), endpoint);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Exit.UNKNOWN, "interrupted");
        }
    }

    private JsonNode parse(Endpoint endpoint, String body) throws IOException {
        try {
            return mapper.readTree(body);
        } catch (JsonProcessingException e) {
            throw new IOException(endpoint + " does not answer in JSON: is it a node of Interrex?", e);
        }
    }

    Failure unreachable(List<String> failures) {
        return new Failure(
                Exit.UNREACHABLE,
                "no node answered. Tried, in this order:\n  " + String.join("\n  ", failures)
                        + "\nSee whether 'interrex node' runs on these hosts, whether this host reaches their http ports,"
                        + " or name another node with --url.");
    }

    static String why(@Nullable Throwable failure) {
        return switch (failure) {
            case null -> "no reason given";
            case HttpConnectTimeoutException e -> "no connection within the time limit";
            case HttpTimeoutException e -> "no answer within the time limit";
            case ConnectException e when e.getMessage() == null -> "connection refused";
            case UnknownHostException e -> "unknown host";
            default -> failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        };
    }
}
