package io.interrex.persistence.ratis;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.jspecify.annotations.Nullable;

/**
 * One question until it is answered: decides which voter is asked next. A voter that names another leader is believed at
 * once; after a full round without an answer there is a short pause.
 */
final class Call {

    private static final Duration PAUSE = Duration.ofMillis(25);

    private final RaftCaller caller;
    private final Function<RaftPeerId, RaftClientRequest> request;
    private final Duration attempt;
    private final long deadlineNs;
    private final Duration within;
    private final boolean toLeader;
    private final CompletableFuture<RaftClientReply> result = new CompletableFuture<>();
    private final Deque<RaftPeerId> round = new ArrayDeque<>();
    private @Nullable RaftPeerId hint;
    private int hintsFollowed;
    private String lastProblem = "nobody was asked";

    /** @param toLeader only the leader answers this question, so who answers it is the leader */
    Call(
            RaftCaller caller,
            Function<RaftPeerId, RaftClientRequest> request,
            boolean toLeader,
            Duration attempt,
            Duration within) {
        this.caller = caller;
        this.request = request;
        this.attempt = attempt;
        this.within = within;
        this.toLeader = toLeader;
        this.deadlineNs = System.nanoTime() + within.toNanos();
    }

    CompletableFuture<RaftClientReply> start() {
        round.addAll(caller.preferred());
        next();
        return result;
    }

    private void next() {
        Duration left = Duration.ofNanos(deadlineNs - System.nanoTime());
        if (left.toMillis() <= 0) {
            result.completeExceptionally(new RaftCaller.NoAnswer(
                    "no voter answered within " + within.toMillis() + " ms; the last problem: " + lastProblem));
            return;
        }
        RaftPeerId peer = pick();
        if (peer == null) {
            round.addAll(caller.preferred());
            hintsFollowed = 0;
            caller.later(this::next, PAUSE);
            return;
        }
        Duration timeout = left.compareTo(attempt) < 0 ? left : attempt;
        caller.send(request.apply(peer), timeout)
                .whenCompleteAsync((reply, failure) -> answered(peer, reply, failure), caller.threads());
    }

    private @Nullable RaftPeerId pick() {
        RaftPeerId hinted = hint;
        hint = null;
        if (hinted != null && hintsFollowed < 3 && !caller.isSilent(hinted)) {
            hintsFollowed++;
            round.remove(hinted);
            return hinted;
        }
        return round.poll();
    }

    private void answered(RaftPeerId peer, @Nullable RaftClientReply reply, @Nullable Throwable failure) {
        Throwable problem = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        if (problem == null && reply != null) {
            problem = reply.getException();
        }
        if (problem == null && reply != null) {
            if (toLeader) {
                caller.answeredAsLeader(peer);
            }
            result.complete(reply);
            return;
        }
        if (problem instanceof StateMachineException refused) {
            result.completeExceptionally(refused);
            return;
        }
        lastProblem = peer + ": " + problem;
        if (problem instanceof NotLeaderException notLeader) {
            RaftPeer suggested = notLeader.getSuggestedLeader();
            hint = suggested == null || suggested.getId().equals(peer) ? null : suggested.getId();
        }
        if (problem instanceof LeaderNotReadyException) {
            round.addFirst(peer);
            caller.later(this::next, PAUSE);
            return;
        }
        next();
    }
}
