package io.interrex.http;

import java.time.Duration;

/**
 * What one node's API bears before it refuses.
 *
 * @param bodyMaxBytes of a request
 * @param bodyMaxDepth nesting of its JSON
 * @param bodyWithin it has arrived by then
 * @param answerWithin a request is answered by then
 * @param idleMax a silent connection is closed after that
 * @param connectionsMax at a time
 * @param streamsMax clients that follow events, at a time
 * @param streamBuffer events kept for a slow follower before it is cut
 * @param heartbeatEvery a quiet stream says that it is alive
 */
public record HttpLimits(
        long bodyMaxBytes,
        int bodyMaxDepth,
        Duration bodyWithin,
        Duration answerWithin,
        Duration idleMax,
        int connectionsMax,
        int streamsMax,
        int streamBuffer,
        Duration heartbeatEvery) {

    public static HttpLimits defaults() {
        return new HttpLimits(
                16 << 10,
                8,
                Duration.ofSeconds(3),
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                256,
                64,
                4096,
                Duration.ofSeconds(2));
    }
}
