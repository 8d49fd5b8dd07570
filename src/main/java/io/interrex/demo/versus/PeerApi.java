package io.interrex.demo.versus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.interrex.lab.LabException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** Asks Patroni and etcd over HTTP; who does not answer in time, or answers with no JSON, gives nothing. */
final class PeerApi implements AutoCloseable {

    private static final Duration CONNECT_MAX = Duration.ofMillis(500);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(2);
    private static final Duration ORDER_MAX = Duration.ofSeconds(90);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_MAX)
            .build();
    private final JsonMapper json = new JsonMapper();

    Optional<JsonNode> get(String address, int port, String path) {
        return read(at(address, port, path).timeout(ANSWER_MAX).GET().build());
    }

    Optional<JsonNode> post(String address, int port, String path, String body) {
        return read(at(address, port, path)
                .timeout(ANSWER_MAX)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    /** Waits until it is done. */
    void order(String address, int port, String path, String body) {
        try {
            HttpResponse<String> reply = send(at(address, port, path)
                    .timeout(ORDER_MAX)
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build());
            if (reply.statusCode() / 100 != 2) {
                throw new LabException("%s %s was refused: %s".formatted(path, body, reply.body()));
            }
        } catch (IOException e) {
            throw new LabException("%s %s could not be ordered: %s".formatted(path, body, e), e);
        }
    }

    private static HttpRequest.Builder at(String address, int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://" + address + ":" + port + path))
                .header("Content-Type", "application/json");
    }

    private Optional<JsonNode> read(HttpRequest request) {
        try {
            HttpResponse<String> reply = send(request);
            return reply.statusCode() == 200 ? Optional.of(json.readTree(reply.body())) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while asking " + request.uri(), e);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
