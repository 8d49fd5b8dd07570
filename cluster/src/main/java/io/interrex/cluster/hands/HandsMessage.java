package io.interrex.cluster.hands;

import io.interrex.cluster.charter.Founding;
import io.interrex.cluster.format.Format;
import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.lease.VoterHard;
import io.interrex.cluster.port.Envelope;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the hands of two nodes say to each other. Every message is self-contained; any may be lost, repeated or late. */
public sealed interface HandsMessage {

    /**
     * The first message of a connection. What follows is of the highest {@link Format} that both sides know. Read whatever else is in
     * it, so that a newer release may say more.
     *
     * @param protocol the highest format that the sender knows
     * @param cluster name of the installation; another one is refused
     */
    record Hello(int protocol, String cluster, String node, long incarnation) implements HandsMessage {

        /** The format of a connection with {@code other}: the highest that both know. */
        public int formatWith(Hello other) {
            return Math.min(protocol, other.protocol);
        }
    }

    /**
     * What the sender's disk says of the voters; see {@link Founding}.
     *
     * @param asks for the same from the receiver
     */
    record Charter(Founding.Claim claim, boolean asks) implements HandsMessage {}

    /** Keeps a quiet connection known to be alive. */
    record Beat(long sequence) implements HandsMessage {}

    /**
     * Lease round {@code n} of the holder {@code member} for {@code epoch}.
     *
     * @param promiseMs the H that the holder's own T was checked against: a voter with another profile promises no less
     */
    record Renew(
            String group,
            String member,
            long incarnation,
            long epoch,
            long n,
            int voterConfig,
            long writeProbeAgeMs,
            long promiseMs)
            implements HandsMessage {}

    record Ack(String group, String voter, String member, long incarnation, long epoch, long n)
            implements HandsMessage {}

    /** @param remainingMs of the promise to another member that stands in the way, 0 where that is not why */
    record Nack(
            String group,
            String voter,
            String member,
            long incarnation,
            long epoch,
            long n,
            Cause cause,
            long maxEpochSeen,
            long remainingMs)
            implements HandsMessage {}

    /** Why a voter grants nothing. */
    enum Cause {
        OLD_EPOCH,
        PROMISED_TO_ANOTHER,
        OTHER_CONFIGURATION
    }

    /** The member gives its lease back: its gate is closed, no process is left, and it will never renew this epoch again. */
    record Release(String group, String member, long epoch) implements HandsMessage {}

    /** The outcome "done" of fencing {@code member} is in the log: promises to it of epochs ≤ {@code epoch} are void. */
    record Fenced(String group, String member, long epoch) implements HandsMessage {}

    /** Asks a voter what it knows of the lease. */
    record AskVoter(String group, long request) implements HandsMessage {}

    /** @param voterConfig by which this voter grants: who counts by another one does not count it */
    record VoterAnswer(String group, long request, Evidence.VoterView view, int voterConfig) implements HandsMessage {}

    /** Of an empty disk that is to take a vacant seat: asks a voter for all that it has promised. @param voterConfig with the seat vacant */
    record AskPromises(int voterConfig) implements HandsMessage {}

    /** What a voter has on disk, and by which configuration it grants. */
    record Promises(int voterConfig, VoterHard hard) implements HandsMessage {}

    /** Asks a member to promise, durably, to take no WAL of epochs below {@code epoch}; a voter to raise its highest epoch. */
    record Revoke(String group, long request, long epoch) implements HandsMessage {}

    /** Revoked, Dead, or NoAnswer with the reason of a refusal. */
    record RevokeAnswer(String group, long request, long epoch, Evidence evidence) implements HandsMessage {}

    record Status(MemberStatus status) implements HandsMessage {}

    /**
     * Asks every pooler of the group to make its clients wait, for this order. A primary's agent repeats it until all hold.
     *
     * @param limitMs transactions that are open have so long to end
     */
    record Hold(String group, UUID operation, long limitMs) implements HandsMessage {}

    record Routed(RouterStatus status) implements HandsMessage {}

    /** An event that the sender knows to be committed. */
    record Committed(Envelope envelope) implements HandsMessage {}

    /** A command for a group, from a node that has no copy of the log or whose brain is away. */
    record Submit(String group, long request, GroupCommand command) implements HandsMessage {}

    /** @param rule null where the log did not answer */
    record SubmitAnswer(
            String group,
            long request,
            boolean accepted,
            @Nullable RuleId rule,
            String why,
            long version) implements HandsMessage {}
}
