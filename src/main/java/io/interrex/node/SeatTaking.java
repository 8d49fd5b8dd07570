package io.interrex.node;

import io.interrex.actors.log.GroupLog;
import io.interrex.actors.node.Board;
import io.interrex.cluster.charter.Seating;
import io.interrex.cluster.charter.VoterCharter;
import io.interrex.cluster.charter.VoterSeats;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.lease.VoterHard;
import io.interrex.cluster.port.Outcome;
import io.interrex.config.NodeConfig;
import io.interrex.persistence.hard.FileHardStore;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Scheduler;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the seat that was vacated for this node's empty disk (decision 20): learns what the voters promised, takes part in the log,
 * and says so in it. The vote itself begins when another voter says that the seat is this disk's. May be interrupted anywhere, and
 * begins anew with the node.
 */
final class SeatTaking {

    private static final Logger LOG = LoggerFactory.getLogger(SeatTaking.class);
    private static final long LOOK_NS = 500_000_000;
    private static final long ASK_NS = 200_000_000;
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(10);

    private final Node node;

    /**
     * @param voter of this node
     * @param group first of all by name: its log has the changes of the voters
     */
    record Node(
            NodeConfig config,
            FileHardStore store,
            OwnVoter voter,
            Wires wires,
            NodeLog log,
            Board board,
            ActorRef<GroupLog.Message> group,
            Scheduler scheduler) {

        String firstGroup() {
            return config.cluster().groups().firstKey();
        }
    }

    private SeatTaking(Node node) {
        this.node = node;
    }

    /** Does nothing on a node without a voter. @param logs of the groups */
    static void start(
            NodeConfig config,
            FileHardStore store,
            OwnVoter voter,
            Wires wires,
            NodeLog log,
            Board board,
            Map<String, ActorRef<GroupLog.Message>> logs,
            Scheduler scheduler) {
        ActorRef<GroupLog.Message> group = logs.get(config.cluster().groups().firstKey());
        if (group == null || !config.self().voter()) {
            return;
        }
        var node = new Node(config, store, voter, wires, log, board, group, scheduler);
        Thread.ofPlatform().daemon().name("seat-taking").start(new SeatTaking(node)::run);
    }

    private void run() {
        String told = "";
        while (!Thread.currentThread().isInterrupted()) {
            try {
                VoterSeats seats = seats();
                if (node.voter().running() == null
                        && seats != null
                        && node.config().handsName().equals(seats.vacant())) {
                    take(seats);
                }
            } catch (IOException | RuntimeException e) {
                String why = String.valueOf(e.getMessage());
                if (!why.equals(told)) {
                    told = why;
                    LOG.warn("the seat of this node's voter was not taken yet, it is tried again: {}", why);
                }
            }
            LockSupport.parkNanos(LOOK_NS);
        }
    }

    private @Nullable VoterSeats seats() {
        GroupLog.Update update = node.board().group(node.firstGroup());
        GroupState state = update == null ? null : update.state();
        return state == null ? null : state.upkeep().seats();
    }

    private void take(VoterSeats seats) throws IOException {
        Seating seating = learn(seats);
        if (seating == null) {
            return;
        }
        VoterCharter charter = node.voter().askSeat().join();
        node.log().join(node.voter().log(), charter.disk());
        say(seats, seating, charter.disk());
    }

    /** Null: the seat is not to be taken any more. */
    private @Nullable Seating learn(VoterSeats seats) throws IOException {
        VoterCharter charter = node.voter().sight().charter();
        if (charter.change() != seats.change()) {
            return null;
        }
        long silenceNs = node.config().cluster().timings().silentFor().toNanos();
        VoterHard own = done(node.store().loadVoter());
        node.voter().promises().clear();
        var seating = Seating.begin(charter.configuration(), charter.voters());
        String told = "";
        while (seats.equals(seats())) {
            for (String voter : charter.voters()) {
                if (!voter.equals(node.config().handsName())) {
                    node.wires().send(voter, new HandsMessage.AskPromises(charter.configuration()));
                }
            }
            LockSupport.parkNanos(ASK_NS);
            for (var answer : node.voter().promises().entrySet()) {
                HandsMessage.Promises said = answer.getValue();
                seating = seating.heard(answer.getKey(), said.voterConfig(), said.hard(), System.nanoTime());
            }
            switch (seating.judge(own, silenceNs, System.nanoTime())) {
                case Seating.Verdict.Ready(var promised) -> {
                    done(node.store().saveVoter(promised));
                    return seating;
                }
                case Seating.Verdict.Waits(var why) -> {
                    if (told.isEmpty()) {
                        LOG.info("the seat of this node's voter is vacant for its disk: {}", why);
                    }
                    told = why;
                }
            }
        }
        return null;
    }

    private void say(VoterSeats seats, Seating seating, UUID disk) throws IOException {
        var command = new GroupCommand.TakeSeat(
                new GroupCommand.Stamp(node.config().name(), System.currentTimeMillis()),
                node.config().handsName(),
                seats.change(),
                disk,
                new TreeSet<>(seating.answers().keySet()));
        GroupLog.Answer answer;
        try {
            answer = AskPattern.<GroupLog.Message, GroupLog.Answer>ask(
                            node.group(),
                            replyTo -> new GroupLog.Submit(command, replyTo),
                            ANSWERS_WITHIN,
                            node.scheduler())
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            throw new IOException("the log did not answer: " + e.getCause(), e);
        }
        if (!answer.known() || !answer.accepted()) {
            throw new IOException("the log does not say that the seat is taken: " + answer.why());
        }
        LOG.info("this node's disk has the seat of its voter: {}", answer.why());
    }

    private static <T> T done(Outcome<T> outcome) throws IOException {
        return switch (outcome) {
            case Outcome.Done<T>(var value) -> value;
            case Outcome.Refused<T>(var reason) -> throw new IOException(reason);
            case Outcome.Unknown<T>(var reason) -> throw new IOException(reason);
        };
    }
}
