package io.interrex.http;

import java.time.Duration;

/**
 * What one node's API bears before it refuses.
 *
 * @param bodyMaxBytes of a request
 * @param bodyMaxDepth nesting of its JSON
 * @param headWithin a connection is closed that has not sent the head of its next request by then, however it dawdles
 * @param bodyWithin it has arrived by then
 * @param answerWithin a request is answered by then; longer than any order takes, so that its outcome is known to be unknown
 * @param idleMax a silent connection is closed after that
 * @param connectionsMax at a time
 * @param streamsMax clients that follow events, at a time
 * @param streamBuffer events kept for a slow follower before it is cut
 * @param streamBytesMax of events that are kept for all slow followers together; beyond it, who needs more is cut
 * @param heartbeatEvery a quiet stream says that it is alive
 */
public record HttpLimits(
        long bodyMaxBytes,
        int bodyMaxDepth,
        Duration headWithin,
        Duration bodyWithin,
        Duration answerWithin,
        Duration idleMax,
        int connectionsMax,
        int streamsMax,
        int streamBuffer,
        long streamBytesMax,
        Duration heartbeatEvery) {

    /** What an order may take, for {@link #defaults}: a client is then told so before its connection is given up. */
    public static final Duration ORDER_WITHIN = Duration.ofSeconds(8);

    public static HttpLimits defaults() {
        return new HttpLimits(
                16 << 10,
                8,
                Duration.ofSeconds(10),
                Duration.ofSeconds(3),
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                256,
                64,
                4096,
                8 << 20,
                Duration.ofSeconds(2));
    }
}
