package io.interrex.actors.hands;

import io.interrex.cluster.format.Format;
import java.util.ArrayDeque;
import java.util.List;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent to one peer: bounded in number, bytes and age, lease traffic first. Full: the oldest that is not
 * about a lease goes, and only then the oldest about a lease. Safe for many senders and one taker.
 */
final class Outbox {

    /** However few messages, never more bytes than this for one peer. */
    static final int BYTES_MAX = 4 * HandsCodec.FRAME_MAX;

    private record Entry(ByteString frame, long atNanos) {}

    private final ArrayDeque<Entry> lease = new ArrayDeque<>();
    private final ArrayDeque<Entry> other = new ArrayDeque<>();
    private final int countMax;
    private final long ageMaxNanos;
    private int format = Format.CURRENT;
    private long bytes;
    private long dropped;
    private boolean awaited;
    private @Nullable Runnable wake;

    Outbox(int countMax, long ageMaxNanos) {
        this.countMax = countMax;
        this.ageMaxNanos = ageMaxNanos;
    }

    /**
     * False where {@code frame} itself found no place.
     *
     * @param written the format of the frame: where another is spoken by now it is dropped
     */
    boolean offer(ByteString frame, int written, boolean aboutLease, long nowNanos) {
        Runnable call = null;
        synchronized (this) {
            if (written != format) {
                dropped++;
                return false;
            }
            while (lease.size() + other.size() >= countMax || bytes + frame.size() > BYTES_MAX) {
                if (!dropOldest(aboutLease)) {
                    dropped++;
                    return false;
                }
            }
            (aboutLease ? lease : other).add(new Entry(frame, nowNanos));
            bytes += frame.size();
            if (awaited) {
                awaited = false;
                call = wake;
            }
        }
        if (call != null) {
            call.run();
        }
        return true;
    }

    /** The next frame, or null: then the attached taker is woken by the next offer. */
    synchronized @Nullable ByteString poll(long nowNanos) {
        for (ArrayDeque<Entry> queue : List.of(lease, other)) {
            for (Entry entry = queue.poll(); entry != null; entry = queue.poll()) {
                bytes -= entry.frame.size();
                if (nowNanos - entry.atNanos <= ageMaxNanos) {
                    return entry.frame;
                }
                dropped++;
            }
        }
        awaited = true;
        return null;
    }

    /** @param spoken what waits and was written in another format is dropped */
    synchronized void attach(Runnable taker, int spoken) {
        wake = taker;
        awaited = true;
        if (spoken != format) {
            dropped += size();
            lease.clear();
            other.clear();
            bytes = 0;
            format = spoken;
        }
    }

    /** In which frames are to be written; before the first connection the newest. */
    synchronized int format() {
        return format;
    }

    /** Another taker may have attached itself meanwhile; it stays. */
    synchronized void detach(Runnable taker) {
        if (wake == taker) {
            wake = null;
        }
    }

    synchronized int size() {
        return lease.size() + other.size();
    }

    synchronized long dropped() {
        return dropped;
    }

    private boolean dropOldest(boolean forLease) {
        Entry entry = other.poll();
        if (entry == null && forLease) {
            entry = lease.poll();
        }
        if (entry == null) {
            return false;
        }
        bytes -= entry.frame.size();
        dropped++;
        return true;
    }
}
