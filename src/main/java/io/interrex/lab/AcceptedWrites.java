package io.interrex.lab;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds members that accepted writes at the same time. When a write was committed is known only within its sending and
 * its acknowledgement, so the claim is cautious: a member surely accepts from the first acknowledgement of a span to the
 * last sending, and another member's write that lies whole within that span is a conflict. Thread-safe.
 */
public final class AcceptedWrites {
    private static final int WRITES_MAX = 200_000;

    private final long pauseMaxNanos;
    private final Map<String, Deque<Write>> writes = new TreeMap<>();

    /** @param pauseMaxNanos a longer time without an acknowledged write ends a span */
    AcceptedWrites(long pauseMaxNanos) {
        this.pauseMaxNanos = pauseMaxNanos;
    }

    /** A time in which one member accepted all along: from the first acknowledgement to the last. */
    public record Span(String member, long fromNanos, long toNanos, long lastSentNanos, int writes) {}

    /** {@code intruder} accepted so many writes while {@code member} did, the first and last of them at these times. */
    public record Conflict(String member, String intruder, long fromNanos, long toNanos, int writes) {}

    private record Write(long sentNanos, long ackNanos) {}

    synchronized void add(String member, long sentNanos, long ackNanos) {
        Deque<Write> mine = writes.computeIfAbsent(member, name -> new ArrayDeque<>());
        mine.addLast(new Write(sentNanos, ackNanos));
        if (mine.size() > WRITES_MAX) {
            mine.removeFirst();
        }
    }

    public synchronized List<Span> spans() {
        var spans = new ArrayList<Span>();
        writes.forEach((member, mine) -> spans.addAll(spans(member, mine)));
        return spans;
    }

    public synchronized List<Conflict> conflicts() {
        var conflicts = new ArrayList<Conflict>();
        for (Span span : spans()) {
            writes.forEach((member, theirs) -> {
                if (!member.equals(span.member())) {
                    conflicts.addAll(within(span, member, theirs));
                }
            });
        }
        return conflicts;
    }

    private List<Span> spans(String member, Deque<Write> mine) {
        var spans = new ArrayList<Span>();
        Span open = null;
        for (Write write : mine) {
            if (open == null || write.ackNanos() - open.toNanos() > pauseMaxNanos) {
                if (open != null) {
                    spans.add(open);
                }
                open = new Span(member, write.ackNanos(), write.ackNanos(), write.sentNanos(), 1);
            } else {
                open = new Span(
                        member,
                        open.fromNanos(),
                        write.ackNanos(),
                        Math.max(open.lastSentNanos(), write.sentNanos()),
                        open.writes() + 1);
            }
        }
        if (open != null) {
            spans.add(open);
        }
        return spans;
    }

    private static List<Conflict> within(Span span, String intruder, Deque<Write> theirs) {
        List<Write> inside = theirs.stream()
                .filter(write -> write.sentNanos() >= span.fromNanos() && write.ackNanos() <= span.lastSentNanos())
                .toList();
        return inside.isEmpty()
                ? List.of()
                : List.of(new Conflict(
                        span.member(),
                        intruder,
                        inside.getFirst().ackNanos(),
                        inside.getLast().ackNanos(),
                        inside.size()));
    }
}
