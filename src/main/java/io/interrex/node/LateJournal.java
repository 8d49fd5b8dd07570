package io.interrex.node;

import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.port.Envelope;
import io.interrex.cluster.port.EventLog.Subscription;
import io.interrex.cluster.port.GroupJournal;
import io.interrex.cluster.port.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Stands for the log until it is up: the hands start before it. Nothing is known of it until then, and nothing is kept. */
final class LateJournal implements GroupJournal {

    private static final String NOT_UP = "the event log of this node is not up yet";

    private record Waiting(
            String group,
            long fromVersion,
            Consumer<Recorded> listener,
            Consumer<String> stopped,
            LateSubscription subscription) {}

    private static final class LateSubscription implements Subscription {
        private @Nullable Subscription real;
        private boolean closed;

        synchronized void begin(GroupJournal journal, Waiting waiting) {
            if (!closed) {
                real = journal.follow(waiting.group(), waiting.fromVersion(), waiting.listener(), waiting.stopped());
            }
        }

        @Override
        public synchronized void close() {
            closed = true;
            if (real != null) {
                real.close();
            }
        }
    }

    private final List<Waiting> waiting = new ArrayList<>();
    private volatile @Nullable GroupJournal journal;

    synchronized void ready(GroupJournal up) {
        journal = up;
        waiting.forEach(w -> w.subscription().begin(up, w));
        waiting.clear();
    }

    @Override
    public CompletionStage<Written> append(
            String group,
            long expectedVersion,
            UUID decisionId,
            int format,
            GroupCommand command,
            List<GroupEvent> events) {
        GroupJournal up = journal;
        return up == null
                ? CompletableFuture.completedFuture(new Written.Unknown(NOT_UP))
                : up.append(group, expectedVersion, decisionId, format, command, events);
    }

    @Override
    public synchronized Subscription follow(
            String group, long fromVersion, Consumer<Recorded> listener, Consumer<String> stopped) {
        GroupJournal up = journal;
        if (up != null) {
            return up.follow(group, fromVersion, listener, stopped);
        }
        var subscription = new LateSubscription();
        waiting.add(new Waiting(group, fromVersion, listener, stopped, subscription));
        return subscription;
    }

    @Override
    public CompletionStage<Outcome<List<Recorded>>> read(String group, long fromVersion, int limit) {
        GroupJournal up = journal;
        return up == null
                ? CompletableFuture.completedFuture(Outcome.unknown(NOT_UP))
                : up.read(group, fromVersion, limit);
    }

    @Override
    public void offer(Envelope committed) {
        GroupJournal up = journal;
        if (up != null) {
            up.offer(committed);
        }
    }
}
