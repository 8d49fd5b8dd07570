package io.interrex.actors.agent;

import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.member.Progress;
import io.interrex.cluster.member.Step;
import io.interrex.cluster.port.Guard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives an agent the messages of the hands' protocol that are for agents. */
final class AgentHearing {

    private static final Logger LOG = LoggerFactory.getLogger(AgentHearing.class);

    /** A status above is that of a process that a signal ended. */
    private static final int SIGNALS = 128;

    private AgentHearing() {}

    static void dispatch(AgentActor.Heard heard, AgentActor agent, LeaseRunner lease, AgentPeers peers) {
        switch (heard.message()) {
            case HandsMessage.Ack ack -> lease.ack(ack, System.nanoTime());
            case HandsMessage.Nack nack -> lease.nack(nack, System.nanoTime());
            case HandsMessage.Revoke revoke -> agent.revoke(heard, revoke);
            case HandsMessage.Status peer -> peers.told(peer.status(), heard.atNs());
            case HandsMessage.Hello other -> ignore(other);
            case HandsMessage.Beat other -> ignore(other);
            case HandsMessage.Charter own ->
                lease.configured(own.claim().charter().configuration(), System.nanoTime());
            case HandsMessage.Renew other -> ignore(other);
            case HandsMessage.Release other -> ignore(other);
            case HandsMessage.Fenced other -> ignore(other);
            case HandsMessage.AskVoter other -> ignore(other);
            case HandsMessage.VoterAnswer other -> ignore(other);
            case HandsMessage.RevokeAnswer other -> ignore(other);
            case HandsMessage.Hold other -> ignore(other);
            case HandsMessage.Routed router -> {
                // a switchover may have waited for this pooler's word alone
                if (peers.told(router.status(), heard.atNs())) {
                    agent.plan();
                }
            }
            case HandsMessage.Committed other -> ignore(other);
            case HandsMessage.AskPromises other -> ignore(other);
            case HandsMessage.Promises other -> ignore(other);
            case HandsMessage.Submit other -> ignore(other);
            case HandsMessage.SubmitAnswer other -> ignore(other);
        }
    }

    static boolean isDeath(Guard.Event event) {
        return switch (event) {
            case Guard.Event.Exited exited -> true;
            case Guard.Event.Expired expired -> true;
            case Guard.Event.Lost lost -> true;
            case Guard.Event.Stuck stuck -> false;
            case Guard.Event.Freed freed -> false;
            case Guard.Event.Slept slept -> false;
        };
    }

    /** The gate closes before anything else; what is left of the server's last run is folded in. */
    static Progress guard(Guard.Event event, Progress progress, LeaseRunner lease) {
        LOG.warn("the guard tells: {}", event);
        return switch (event) {
            case Guard.Event.Exited exited -> {
                lease.close("the server died");
                yield progress.died(AgentPace.nowMs(), false, how(exited.status()))
                        .unkillable(null);
            }
            case Guard.Event.Expired expired -> {
                lease.close("the guard's deadline passed");
                lease.disarmed(System.nanoTime());
                yield progress.stopped().unkillable(null);
            }
            case Guard.Event.Stuck stuck -> {
                lease.close("a process does not die");
                yield progress.unkillable(stuck.evidence());
            }
            case Guard.Event.Freed freed -> progress.unkillable(null);
            case Guard.Event.Slept slept -> {
                lease.close("this machine was suspended for " + slept.slept());
                yield progress;
            }
            case Guard.Event.Lost lost -> {
                lease.close("the guard is gone");
                lease.disarmed(System.nanoTime());
                yield progress.died(AgentPace.nowMs(), false, lost.reason());
            }
        };
    }

    private static String how(int status) {
        return status > SIGNALS ? "signal " + (status - SIGNALS) : "exit code " + status;
    }

    /** The guard is told first that it has no deadline; a round sent after that gives it one again. */
    static void began(Step step, LeaseRunner lease, long nowNs) {
        if (step instanceof Step.StartStandby
                || step instanceof Step.Rewind
                || step instanceof Step.Clone
                || step instanceof Step.Kill) {
            lease.disarmed(nowNs);
        }
    }

    /** While it kills, the guard takes no deadline. */
    static void ended(Step step, LeaseRunner lease, long nowNs) {
        if (step instanceof Step.Kill) {
            lease.disarmed(nowNs);
        }
    }

    private static void ignore(HandsMessage other) {
        LOG.warn("an agent was given {}, which is not for agents", other);
    }
}
