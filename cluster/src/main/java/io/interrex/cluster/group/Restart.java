package io.interrex.cluster.group;

import io.interrex.cluster.group.GroupCommand.Run;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A restart of members that a person ordered and that has not come to its end: says who is next. Only a change of the primary
 * changes that, so that two agents of which one lags behind the log do not both take themselves for the next.
 *
 * @param left who is still to be restarted, in this order, each with the run of its server that is to end
 * @param counted of all that were to be restarted: commits waited for them, and wait for them again before the next is stopped
 * @param primaryFirst standbys must not have less than the primary of what is lowered
 * @param switchover another member takes over before the primary is restarted
 * @param handOver that switchover; null: it was not begun
 * @param sinceMs when the order, or the last member of it, was recorded, by the wall clock of who proposed that
 */
public record Restart(
        UUID operation,
        String actor,
        List<Run> left,
        SortedSet<String> counted,
        boolean primaryFirst,
        boolean switchover,
        @Nullable UUID handOver,
        long sinceMs) {

    /** Without progress for so long it ends. A checkpoint, a stop, a recovery and the way back into the synchronous set fit in. */
    public static final long PATIENCE_MS = 300_000;

    static Restart of(GroupEvent.RestartOrdered e) {
        return new Restart(
                e.operation(), e.actor(), e.runs(), e.counted(), e.primaryFirst(), e.switchover(), null, e.atMs());
    }

    /** Standbys go first, of them those that no commit waits for; then by name. */
    static List<Run> inOrder(GroupState group, List<Run> runs) {
        var counts = group.syncSet().standbys();
        return runs.stream()
                .sorted(Comparator.comparing((Run run) -> run.member().equals(group.primary()))
                        .thenComparing(run -> counts.contains(run.member()))
                        .thenComparing(Run::member))
                .toList();
    }

    List<String> members() {
        return left.stream().map(Run::member).toList();
    }

    /** One at a time, and the primary last, or first; nobody before commits wait for all again that were restarted. */
    @Nullable
    String next(GroupState group) {
        String primary = group.primary();
        boolean primaryNow = left.size() == 1 || primaryFirst;
        return !missing(group).isEmpty()
                ? null
                : left.stream()
                        .map(Run::member)
                        .filter(member -> primaryNow && members().contains(primary) == member.equals(primary)
                                || !primaryNow && !member.equals(primary))
                        .findFirst()
                        .orElse(null);
    }

    /** Who was restarted, and is not waited for yet as it was before. */
    SortedSet<String> missing(GroupState group) {
        var missing = new TreeSet<>(group.settings().synchronous() ? counted : List.of());
        missing.removeAll(members());
        missing.removeAll(group.syncSet().standbys());
        missing.remove(group.primary());
        return missing;
    }

    boolean isDone(GroupState group) {
        return left.isEmpty() && missing(group).isEmpty();
    }

    private Optional<Run> of(String member) {
        return left.stream().filter(run -> run.member().equals(member)).findFirst();
    }

    /** That run of the member's server is the one that is to end. */
    public boolean ends(String member, long startedAtMs) {
        return of(member).filter(run -> run.startedAtMs() == startedAtMs).isPresent();
    }

    /** The member is running, and not as it did when its restart was ordered. */
    public boolean isNews(String member, long startedAtMs) {
        return startedAtMs != 0
                && of(member).filter(run -> run.startedAtMs() != startedAtMs).isPresent();
    }

    Restart without(String member, long atMs) {
        List<Run> rest =
                left.stream().filter(run -> !run.member().equals(member)).toList();
        return new Restart(operation, actor, rest, counted, primaryFirst, switchover, handOver, atMs);
    }

    /** Of those who are members yet. */
    Restart among(SortedSet<String> members) {
        List<Run> rest =
                left.stream().filter(run -> members.contains(run.member())).toList();
        var counts = new TreeSet<>(counted);
        counts.retainAll(members);
        return new Restart(operation, actor, rest, counts, primaryFirst, switchover, handOver, sinceMs);
    }

    Restart handingOver(UUID by) {
        return new Restart(operation, actor, left, counted, primaryFirst, switchover, by, sinceMs);
    }
}
