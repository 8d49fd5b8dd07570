package io.interrex.persistence.ratis;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
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
 * once. One that does not answer in time is not given up: the next is asked beside it, and whoever answers first counts, so
 * a slow leader is waited for while a silent one is left behind. Asking twice is safe because appends are idempotent.
 */
final class Call {

    private static final Duration PAUSE = Duration.ofMillis(25);
    private static final int HINTS_MAX = 3;

    private final RaftCaller caller;
    private final Function<RaftPeerId, RaftClientRequest> request;
    private final boolean toLeader;
    private final Duration patience;
    private final Duration within;
    private final CompletableFuture<RaftClientReply> result = new CompletableFuture<>();
    private final Deque<RaftPeerId> round = new ArrayDeque<>();
    private final Set<RaftPeerId> waitingFor = new HashSet<>();
    private @Nullable RaftPeerId hint;
    private int hintsFollowed;
    private String lastProblem = "nobody answered";

    /**
     * @param toLeader only the leader answers this question, so who answers it is the leader
     * @param patience after this time without an answer the next voter is asked too
     */
    Call(
            RaftCaller caller,
            Function<RaftPeerId, RaftClientRequest> request,
            boolean toLeader,
            Duration patience,
            Duration within) {
        this.caller = caller;
        this.request = request;
        this.toLeader = toLeader;
        this.patience = patience;
        this.within = within;
    }

    CompletableFuture<RaftClientReply> start() {
        caller.later(this::giveUp, within);
        startRound();
        next();
        return result;
    }

    private synchronized void giveUp() {
        result.completeExceptionally(new RaftCaller.NoAnswer(
                "no voter answered within " + within.toMillis() + " ms; the last problem: " + lastProblem));
    }

    private synchronized void startRound() {
        round.clear();
        round.addAll(caller.preferred());
        hintsFollowed = 0;
    }

    private synchronized void next() {
        if (caller.isClosed()) {
            giveUp();
        }
        if (result.isDone()) {
            return;
        }
        RaftPeerId peer = pick();
        if (peer == null) {
            startRound();
            caller.later(this::next, PAUSE);
            return;
        }
        waitingFor.add(peer);
        var movedOn = new AtomicBoolean();
        caller.later(() -> tooSlow(peer, movedOn), patience);
        caller.send(request.apply(peer))
                .whenCompleteAsync((reply, failure) -> answered(peer, movedOn, reply, failure), caller.threads());
    }

    private @Nullable RaftPeerId pick() {
        RaftPeerId hinted = hint;
        hint = null;
        if (hinted != null && hintsFollowed < HINTS_MAX && !waitingFor.contains(hinted)) {
            hintsFollowed++;
            round.remove(hinted);
            return hinted;
        }
        RaftPeerId peer;
        do {
            peer = round.poll();
        } while (peer != null && waitingFor.contains(peer));
        return peer;
    }

    private void tooSlow(RaftPeerId peer, AtomicBoolean movedOn) {
        if (!result.isDone() && movedOn.compareAndSet(false, true)) {
            caller.isSlow(peer);
            next();
        }
    }

    private synchronized void answered(
            RaftPeerId peer, AtomicBoolean movedOn, @Nullable RaftClientReply reply, @Nullable Throwable failure) {
        waitingFor.remove(peer);
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
        boolean first = movedOn.compareAndSet(false, true);
        if (problem instanceof NotLeaderException notLeader) {
            RaftPeer suggested = notLeader.getSuggestedLeader();
            RaftPeerId named = suggested == null ? null : caller.reached(suggested);
            hint = peer.equals(named) ? null : named;
        }
        if (!first) {
            return;
        }
        if (problem instanceof LeaderNotReadyException) {
            round.addFirst(peer);
            caller.later(this::next, PAUSE);
            return;
        }
        next();
    }
}
