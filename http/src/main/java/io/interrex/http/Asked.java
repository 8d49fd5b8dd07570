package io.interrex.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpCharsets;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.MediaRange;
import org.apache.pekko.http.javadsl.model.MediaType;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.headers.Accept;

/** One request in the words of the API. */
record Asked(HttpRequest request, String path) {

    private static final Set<MediaType> ANSWERS = Set.of(
            MediaTypes.APPLICATION_JSON,
            MediaTypes.TEXT_EVENT_STREAM,
            MediaTypes.applicationWithFixedCharset("problem+json", HttpCharsets.UTF_8));

    Asked(HttpRequest request) {
        this(request, request.getUri().path());
    }

    String method() {
        return request.method().name();
    }

    boolean isOneOf(String... methods) {
        return Set.of(methods).contains(method());
    }

    /** The order in {@code /v1/switchover}. */
    String lastPart() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    Optional<String> query(String name) {
        return request.getUri().query().get(name);
    }

    long number(String name, long otherwise, long min, long max) {
        Optional<String> given = query(name);
        if (given.isEmpty()) {
            return otherwise;
        }
        if (given.get().matches("\\d{1,18}")) {
            long value = Long.parseLong(given.get());
            if (value >= min && value <= max) {
                return value;
            }
        }
        throw new BadQuery(Problem.badRequest(
                name + " = " + given.get() + " is not a whole number from " + min + " to " + max, "Correct it"));
    }

    /** What a follower that was cut has already. */
    Optional<Long> lastEventId() {
        return request.getHeader("Last-Event-ID")
                .map(header -> header.value())
                .filter(value -> value.matches("\\d{1,18}"))
                .map(Long::valueOf);
    }

    boolean hasOrigin() {
        return request.getHeader("Origin").isPresent();
    }

    boolean isJson() {
        return request.entity().getContentType().mediaType().equals(MediaTypes.APPLICATION_JSON);
    }

    /** Whether it takes an answer of this API; no Accept header, or one that nobody can read, takes any. */
    boolean takesJson() {
        List<MediaRange> ranges = new ArrayList<>();
        request.getHeaders().forEach(header -> {
            if (header instanceof Accept accept) {
                accept.getMediaRanges().forEach(ranges::add);
            }
        });
        return ranges.isEmpty()
                || ranges.stream().anyMatch(range -> ANSWERS.stream().anyMatch(range::matches));
    }

    /** Address of the one who asks. */
    String from() {
        return request.getAttribute(AttributeKeys.remoteAddress)
                .flatMap(address -> address.getAddress())
                .map(address -> address.getHostAddress())
                .orElse("unknown address");
    }
}
