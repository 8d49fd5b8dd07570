package io.interrex.cluster.simulation;

import io.interrex.cluster.group.Decision;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvolution;
import io.interrex.cluster.group.GroupState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A node's copy of the log, and its queue of commands: decide, append behind the version decided on, look again. */
final class LogShell {

    /** @param known whether the log itself answered */
    record Answer(boolean known, boolean accepted, String why) {}

    private record Pending(GroupCommand command, Consumer<Answer> reply) {}

    private final World world;
    private final SimNode node;
    private final List<Consumer<@Nullable GroupEvent>> followers = new ArrayList<>();
    private final Deque<Pending> waiting = new ArrayDeque<>();
    private final Set<UUID> seen = new HashSet<>();
    private @Nullable GroupState state;
    private @Nullable GroupState lastAuthorized;
    private long version;
    private boolean readable;
    private boolean busy;
    private boolean raceLost;
    private int ticks;

    LogShell(World world, SimNode node) {
        this.world = world;
        this.node = node;
    }

    @Nullable
    GroupState state() {
        return readable ? state : null;
    }

    long version() {
        return version;
    }

    /** What the group was when somebody was last to lead it. */
    @Nullable
    GroupState lastAuthorized() {
        return lastAuthorized;
    }

    /** The mutant: an append without an answer was taken for one that another node's was before. */
    boolean raceLost() {
        return raceLost;
    }

    boolean readable() {
        return readable;
    }

    /** Told of every event, and with null when the log has answered for the first time. */
    void follow(Consumer<@Nullable GroupEvent> follower) {
        followers.add(follower);
    }

    void pull() {
        if (world.log.isReachable(node.host) && !node.logLags()) {
            catchUp();
        }
    }

    private void catchUp() {
        while (version < world.log.events.size()) {
            EventStore.Stored next = world.log.events.get((int) version);
            state = next.after();
            version++;
            if (state.phase() == GroupState.Phase.AUTHORIZED || state.phase() == GroupState.Phase.ESTABLISHED) {
                lastAuthorized = state;
            }
            seen.add(next.decision());
            if (readable) {
                followers.forEach(f -> f.accept(next.event()));
            }
        }
        if (!readable) {
            readable = true;
            followers.forEach(f -> f.accept(null));
        }
        next();
    }

    void submit(GroupCommand command, Consumer<Answer> reply) {
        if (waiting.size() >= 200) {
            reply.accept(new Answer(false, false, "too many commands wait"));
            return;
        }
        waiting.addLast(new Pending(command, reply));
        next();
    }

    private void next() {
        Pending pending = waiting.peekFirst();
        if (busy || pending == null || !readable) {
            return;
        }
        Decision decision = world.invariants.history.decide(state, pending.command());
        if (decision.events().isEmpty()) {
            waiting.removeFirst();
            pending.reply().accept(new Answer(true, decision.accepted(), decision.why()));
            next();
            return;
        }
        append(pending, decision, world.uuid(), version, 0);
    }

    private void append(Pending pending, Decision decision, UUID id, long behind, int tries) {
        busy = true;
        world.log.append(
                node.host,
                behind,
                id,
                decision.events(),
                node.here(result -> answered(pending, decision, id, behind, tries, result)));
    }

    private void answered(
            Pending pending, Decision decision, UUID id, long behind, int tries, EventStore.Answer result) {
        busy = false;
        switch (result) {
            case EventStore.Answer.Appended a -> done(pending, decision, id);
            case EventStore.Answer.Conflict c -> {
                catchUp();
                next();
            }
            case EventStore.Answer.Unknown u -> {
                if (world.has(Mutant.UNKNOWN_APPEND_BELIEVED)) {
                    believe(pending, decision);
                } else if (world.has(Mutant.LOG_ERROR_IS_A_LOST_RACE)) {
                    raceLost = true;
                    waiting.removeFirst();
                    pending.reply().accept(new Answer(true, false, "somebody else was first"));
                    next();
                } else if (seen.contains(id)) {
                    done(pending, decision, id);
                } else if (tries >= 5) {
                    waiting.removeFirst();
                    pending.reply().accept(new Answer(false, false, "the log did not answer"));
                    next();
                } else if (version == behind) {
                    append(pending, decision, id, behind, tries + 1);
                } else {
                    next();
                }
            }
        }
    }

    /** The mutant: what was sent is taken for what the log says. */
    private void believe(Pending pending, Decision decision) {
        waiting.removeFirst();
        for (GroupEvent event : decision.events()) {
            state = GroupEvolution.evolve(state, event);
            followers.forEach(f -> f.accept(event));
        }
        pending.reply().accept(new Answer(true, decision.accepted(), decision.why()));
        next();
    }

    private void done(Pending pending, Decision decision, UUID id) {
        waiting.removeFirst();
        catchUp();
        world.invariants.history.repeated(world.log.after(id), pending.command());
        pending.reply().accept(new Answer(true, decision.accepted(), decision.why()));
        next();
    }

    /** The log tells of news by itself; what got lost is asked for. */
    void tick() {
        if (++ticks % 8 == 0) {
            pull();
        }
    }
}
