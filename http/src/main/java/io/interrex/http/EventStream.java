package io.interrex.http;

import io.interrex.cluster.port.EventHistory;
import io.interrex.cluster.port.EventLog.Subscription;
import io.interrex.cluster.port.GroupJournal.Recorded;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.NotUsed;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.headers.Connection;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.QueueOfferResult;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/**
 * Sends a group's events as server-sent events (WHATWG HTML, "Server-sent events"): {@code id} is the version, so that a
 * client that was cut goes on behind the last one it has. A client that does not keep up is cut.
 */
final class EventStream {

    private static final ByteString HEARTBEAT = ByteString.fromString(":\n\n");

    private final EventHistory history;
    private final Json json;
    private final HttpLimits limits;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    EventStream(EventHistory history, Json json, HttpLimits limits) {
        this.history = history;
        this.json = json;
        this.limits = limits;
    }

    /** Empty where too many follow already. */
    Optional<HttpResponse> follow(String group, long from) {
        if (open.incrementAndGet() > limits.streamsMax()) {
            open.decrementAndGet();
            return Optional.empty();
        }
        var held = new AtomicLong();
        Source<ByteString, NotUsed> events = Source.<ByteString>queue(limits.streamBuffer())
                .watchTermination(Keep.both())
                .mapMaterializedValue(started -> {
                    BoundedSourceQueue<ByteString> queue = started.first();
                    Subscription subscription = history.follow(
                            group,
                            from,
                            event -> offer(queue, held, frame(event)),
                            why -> queue.fail(new IllegalStateException(why)));
                    started.second().whenComplete((done, failure) -> {
                        subscription.close();
                        open.decrementAndGet();
                        bytes.addAndGet(-held.getAndSet(0));
                    });
                    return NotUsed.getInstance();
                })
                .map(frame -> {
                    count(held, -frame.size());
                    return frame;
                })
                .keepAlive(limits.heartbeatEvery(), () -> HEARTBEAT);
        return Optional.of(HttpResponse.create()
                .withEntity(HttpEntities.create(MediaTypes.TEXT_EVENT_STREAM.toContentType(), events))
                .addHeader(Connection.create("close"))
                .addHeader(RawHeader.create("Cache-Control", "no-store"))
                .addHeader(RawHeader.create("X-Accel-Buffering", "no")));
    }

    private void offer(BoundedSourceQueue<ByteString> queue, AtomicLong held, ByteString frame) {
        boolean fits = count(held, frame.size()) <= limits.streamBytesMax();
        if (fits && queue.offer(frame).equals(QueueOfferResult.enqueued())) {
            return;
        }
        count(held, -frame.size());
        if (!queue.isCompleted()) {
            queue.complete();
        }
    }

    /** What all streams hold now. */
    private long count(AtomicLong held, int size) {
        held.addAndGet(size);
        return bytes.addAndGet(size);
    }

    private ByteString frame(Recorded event) {
        return ByteString.fromString("id: " + event.envelope().version() + "\nevent: decision\ndata: "
                + json.write(json.event(event)) + "\n\n");
    }
}
