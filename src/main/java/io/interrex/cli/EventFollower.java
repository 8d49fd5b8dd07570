package io.interrex.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Follows a group's events from a version on, each once and in order: where a node falls silent it goes on with the next
 * one behind the last event it has.
 */
final class EventFollower {

    /** Nodes send a sign of life every 2 s. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(5);

    private static final Duration BETWEEN_ROUNDS = Duration.ofMillis(300);

    private final ApiClient client;
    private final Connection connection;
    private final Consumer<String> notes;
    private final LongSupplier nanos;
    private final ObjectMapper mapper = new ObjectMapper();
    private long next;
    private boolean wasConnected;

    /** @param notes told when a connection is lost and found */
    EventFollower(ApiClient client, Connection connection, long from, Consumer<String> notes) {
        this.client = client;
        this.connection = connection;
        this.next = from;
        this.notes = notes;
        this.nanos = System::nanoTime;
    }

    /**
     * Gives every event to {@code last} until that says yes. Fails where no node answered at all, or where the limit is
     * over; waits on where one had answered before.
     */
    void follow(Predicate<JsonNode> last, Duration limit) throws Failure {
        long end = limit.isZero() ? Long.MAX_VALUE : nanos.getAsLong() + limit.toNanos();
        boolean told = false;
        while (true) {
            var failures = new ArrayList<String>();
            for (Endpoint endpoint : client.endpoints()) {
                if (one(endpoint, last, end, failures)) {
                    return;
                }
                if (nanos.getAsLong() > end) {
                    throw new Failure(Exit.UNKNOWN, "the end was not seen within the time limit");
                }
            }
            if (!wasConnected) {
                throw client.unreachable(failures);
            }
            if (!told) {
                notes.accept("connection lost (" + String.join("; ", failures) + "); trying on from version " + next);
                told = true;
            }
            LockSupport.parkNanos(BETWEEN_ROUNDS.toNanos());
        }
    }

    /** Whether the last event was seen. */
    private boolean one(Endpoint endpoint, Predicate<JsonNode> last, long end, List<String> failures) throws Failure {
        HttpRequest request = HttpRequest.newBuilder(endpoint.at(connection.path("/v1/events/stream", "from=" + next)))
                .timeout(connection.timeout())
                .header("Accept", "text/event-stream")
                .build();
        try (var watch = Executors.newSingleThreadScheduledExecutor(EventFollower::daemon)) {
            HttpResponse<InputStream> response = client.http().send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream in = response.body()) {
                if (response.statusCode() != 200) {
                    JsonNode problem = mapper.readTree(in);
                    if (response.statusCode() != 503) {
                        throw Problems.failure(new ApiClient.Reply(response.statusCode(), problem, endpoint));
                    }
                    failures.add(endpoint + ": " + Problems.text(problem));
                    return false;
                }
                wasConnected = true;
                return read(in, last, end, watch);
            } finally {
                watch.shutdownNow();
            }
        } catch (IOException e) {
            failures.add(endpoint + ": " + ApiClient.why(e));
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Exit.UNKNOWN, "interrupted");
        }
    }

    private boolean read(InputStream in, Predicate<JsonNode> last, long end, ScheduledExecutorService watch)
            throws IOException {
        var heard = new AtomicLong(nanos.getAsLong());
        Future<?> watching = watch.scheduleAtFixedRate(
                () -> closeIf(in, nanos.getAsLong() - heard.get() > SILENCE_MAX.toNanos() || nanos.getAsLong() > end),
                200,
                200,
                TimeUnit.MILLISECONDS);
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            heard.set(nanos.getAsLong());
            if (line.startsWith("data: ")) {
                JsonNode event = mapper.readTree(line.substring("data: ".length()));
                next = event.path("version").asLong() + 1;
                if (last.test(event)) {
                    return true;
                }
            }
        }
        watching.cancel(false);
        throw new IOException("the node ended the stream");
    }

    private void closeIf(InputStream in, boolean over) {
        if (over) {
            try {
                in.close();
            } catch (IOException e) {
                notes.accept("a silent connection could not be closed: " + e.getMessage());
            }
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "interrex-silence");
        thread.setDaemon(true);
        return thread;
    }
}
