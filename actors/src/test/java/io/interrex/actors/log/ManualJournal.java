package io.interrex.actors.log;

import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.port.Envelope;
import io.interrex.cluster.port.EventLog.Subscription;
import io.interrex.cluster.port.GroupJournal;
import io.interrex.cluster.port.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A group's stream whose followers hear of an event when the test says so, and not before. */
final class ManualJournal implements GroupJournal {

    private record Follower(Consumer<Recorded> listener, Consumer<String> stopped) {}

    private final List<Recorded> events = new ArrayList<>();
    private final List<Follower> followers = new CopyOnWriteArrayList<>();
    private Optional<String> misunderstood = Optional.empty();
    private Optional<String> tooNew = Optional.empty();

    /** Another node's event. */
    synchronized Recorded store(GroupEvent event) {
        UUID id = UUID.randomUUID();
        var envelope = new Envelope(
                "group/main",
                events.size() + 1,
                id,
                event.epoch(),
                0,
                0,
                "b",
                event.getClass().getSimpleName(),
                1,
                id,
                "",
                "",
                null,
                "",
                "");
        var recorded = new Recorded(envelope, event);
        events.add(recorded);
        return recorded;
    }

    void bring(Recorded recorded) {
        followers.forEach(follower -> follower.listener().accept(recorded));
    }

    void bringWhatIsNotUnderstood(String why) {
        followers.forEach(follower -> follower.stopped().accept(why));
    }

    /** From now on every read meets an event that this version does not know. */
    synchronized void refuseReads(String why) {
        misunderstood = Optional.of(why);
    }

    /** From now on nothing that is decided may be written. */
    synchronized void refuseAppends(String what) {
        tooNew = Optional.of(what);
    }

    @Override
    public synchronized CompletionStage<Written> append(
            String group,
            long expectedVersion,
            UUID decisionId,
            int format,
            GroupCommand command,
            List<GroupEvent> decided) {
        if (tooNew.isPresent()) {
            return CompletableFuture.completedFuture(new Written.TooNew(tooNew.get()));
        }
        Written written = expectedVersion == events.size()
                ? new Written.Appended(decided.stream().map(this::store).toList())
                : new Written.Conflict(events.size());
        return CompletableFuture.completedFuture(written);
    }

    @Override
    public Subscription follow(String group, long fromVersion, Consumer<Recorded> listener, Consumer<String> stopped) {
        var follower = new Follower(listener, stopped);
        followers.add(follower);
        return () -> followers.remove(follower);
    }

    @Override
    public synchronized CompletionStage<Outcome<List<Recorded>>> read(String group, long fromVersion, int limit) {
        Outcome<List<Recorded>> found = misunderstood
                .map(Outcome::<List<Recorded>>refused)
                .orElseGet(() -> Outcome.done(List.copyOf(events.subList((int) fromVersion - 1, events.size()))));
        return CompletableFuture.completedFuture(found);
    }

    @Override
    public void offer(Envelope committed) {
        throw new UnsupportedOperationException("no peer offers anything here");
    }
}
