package io.interrex.cluster.exhaustive;

import static io.interrex.cluster.exhaustive.LeaseBounds.T;
import static io.interrex.cluster.exhaustive.LeaseWorld.HOLDERS;

import io.interrex.cluster.exhaustive.LeaseWorld.Holding;
import io.interrex.cluster.exhaustive.LeaseWorld.Voting;
import io.interrex.cluster.exhaustive.Model.Broken;
import io.interrex.cluster.hands.HandsMessage.Ack;
import io.interrex.cluster.hands.HandsMessage.Nack;
import io.interrex.cluster.hands.HandsMessage.Renew;
import io.interrex.cluster.lease.LeaseHolder;
import io.interrex.cluster.lease.LeaseHolder.Effect;
import io.interrex.cluster.lease.Voter;
import io.interrex.cluster.lease.VoterHard;
import java.util.Set;

/** The shells of {@link LeaseModel}: they ask the production code and carry out what it says, on the state that they are given. */
final class LeaseSteps {

    private final Set<LeaseMutant> opened;
    private final boolean lateStaging;

    LeaseSteps(Set<LeaseMutant> opened, boolean lateStaging) {
        this.opened = opened;
        this.lateStaging = lateStaging;
    }

    static int ownerOf(int epoch) {
        return (epoch + 1) % 2;
    }

    /** The plan of the agent, by what its disk says. */
    void want(LeaseWorld w, int h) {
        Holding holding = w.holder(h);
        boolean mine = ownerOf(holding.promised) == h && holding.released < holding.promised;
        run(w, h, LeaseHolder.want(holding.lease, mine ? holding.promised : 0, mine, mine, holding.nowNs()));
    }

    void loop(LeaseWorld w, int h) {
        Holding holding = w.holder(h);
        if (holding.unaware) {
            holding.unaware = false;
            holding.staleRound = holding.lease.round();
            run(w, h, LeaseHolder.close(holding.lease, "this machine was suspended"));
        }
        run(w, h, LeaseHolder.tick(holding.lease, holding.nowNs()));
    }

    void send(LeaseWorld w, int h) {
        Holding holding = w.holder(h);
        holding.staging = false;
        holding.stagedUntil = holding.clock + T;
        run(w, h, LeaseHolder.staged(holding.lease, holding.lease.round(), true, 0));
    }

    void hear(LeaseWorld w, int h, Ack ack) {
        run(w, h, LeaseHolder.ack(w.holder(h).lease, ack, w.holder(h).nowNs()));
    }

    /** The guard, told at once when a round was won, says now that it has the deadline. */
    void confirmed(LeaseWorld w, int h) {
        Holding holding = w.holder(h);
        long round = holding.arming;
        holding.arming = 0;
        run(w, h, LeaseHolder.armed(holding.lease, round, holding.nowNs()));
    }

    void run(LeaseWorld w, int h, LeaseHolder.Step step) {
        w.holder(h).lease = step.state();
        step.effects().forEach(effect -> carryOut(w, h, effect));
        if (w.holder(h).staging && !lateStaging) {
            send(w, h);
        }
    }

    private void carryOut(LeaseWorld w, int h, Effect effect) {
        Holding holding = w.holder(h);
        switch (effect) {
            case Effect.Stage stage -> {
                holding.staging = true;
                holding.stagedUntil = 0;
                for (int v = 0; v < w.voters.length; v++) {
                    if (w.voters[v].acked[h]) {
                        w.voter(v).ackedBefore[h] = true;
                        w.voter(v).acked[h] = false;
                    }
                }
            }
            case Effect.Send send -> {
                holding.sentAt = holding.clock;
                holding.sent[(int) send.renew().epoch()] = send.renew();
            }
            case Effect.Arm arm -> holding.arming = arm.round();
            case Effect.Activate activate -> {
                int until = opened.contains(LeaseMutant.LEASE_FROM_RECEIPT) ? holding.clock + T : holding.stagedUntil;
                if (until > holding.clock) {
                    holding.gateUntil = until;
                    Broken.unless(
                            until <= holding.sentAt + T,
                            "I3 GateWithinSendPlusT",
                            () -> "%s's gate stays open %d ticks beyond the sending of its round plus T"
                                    .formatted(HOLDERS[h], until - holding.sentAt - T));
                }
            }
            case Effect.CloseGate close ->
                holding.gateUntil = opened.contains(LeaseMutant.GATE_NOT_CLOSED) ? holding.gateUntil : 0;
            case Effect.Won won -> {
                boolean fresh = !holding.unaware && holding.lease.round() > holding.staleRound;
                holding.staleLease &= !fresh;
            }
            case Effect.Lost lost -> {
                // the gate was closed by an effect of its own; what the server does then is not part of this model
            }
        }
    }

    /** What is to be on disk is there before the answer leaves. */
    void persisted(Voting voting, Voter.Step step) {
        LeaseChecks.raised(voting, step);
        voting.state = step.state();
        if (step.persist()) {
            voting.disk = opened.contains(LeaseMutant.VOTER_FORGETS_EPOCH)
                    ? new VoterHard(voting.disk.maxEpochs(), step.state().hard().longestPromiseMs())
                    : step.state().hard();
        }
    }

    void receive(LeaseWorld w, int v, int h, Renew renew) {
        Voting voting = w.voter(v);
        var asked = opened.contains(LeaseMutant.VOTER_PROMISES_TWICE)
                ? Voter.fenced(voting.state, renew.group(), HOLDERS[1 - h], Long.MAX_VALUE)
                        .state()
                : voting.state;
        Voter.Step step = Voter.renew(asked, renew, voting.nowNs());
        persisted(voting, step);
        switch (step.reply()) {
            case null -> {
                // it is silent
            }
            case Ack ack -> {
                LeaseChecks.granted(voting, ack.epoch());
                boolean current =
                        ack.incarnation() == w.holder(h).lease.identity().incarnation()
                                && ack.n() == w.holder(h).lease.round();
                voting.acked[h] |= current;
            }
            case Nack nack -> {
                // it carries the pace of the next rounds, and a round is due every tick as it is
                LeaseChecks.answered(voting, nack.maxEpochSeen());
            }
            default -> throw new IllegalStateException("not an answer to a round: " + step.reply());
        }
    }
}
