package io.interrex.cluster.supervision;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.Evidence.VoterView;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.DatabaseStatus.Process;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a supervisor's next act depends on. All times are monotonic, in ms.
 *
 * @param node its node
 * @param group as far as this node's copy of the log goes, null where it is not known or empty
 * @param lastEventMs when the last event of the group arrived here
 * @param startedMs when this supervisor started
 * @param peers the last status of every member, with the time at which it came
 * @param voter what the voter on this node says, null where there is none
 * @param rank of this node for the current epoch: 0 acts first
 * @param sight what it notices by itself
 * @param inquiry what it asked and heard so far
 * @param freshId for a decision that needs one
 */
public record Watch(
        String node,
        @Nullable GroupState group,
        long lastEventMs,
        long startedMs,
        Map<String, Heard> peers,
        @Nullable VoterView voter,
        int rank,
        Sight sight,
        Inquiry inquiry,
        Stamp stamp,
        UUID freshId,
        long nowMs) {

    /**
     * A status, and when it came here.
     *
     * @param walAtMs when a status last showed WAL that the one before had not; {@link #NO_WAL}: never
     */
    public record Heard(MemberStatus status, long atMs, long walAtMs) {

        static final long NO_WAL = -1;

        /** @param before the status before this one, null: the first */
        public static Heard of(@Nullable Heard before, MemberStatus status, long nowMs) {
            if (before == null) {
                return new Heard(status, nowMs, NO_WAL);
            }
            boolean more =
                    status.database().lsn().compareTo(before.status().database().lsn()) > 0;
            return new Heard(status, nowMs, more ? nowMs : before.walAtMs());
        }
    }

    /**
     * @param condition the epoch for which this node saw a reason to ask, 0: none
     * @param sinceMs since when
     * @param askedMs when the voters were asked last, −1: not yet
     * @param answers by voter
     * @param revokeEpoch the epoch that members were asked to promise, 0: none
     * @param revokeSinceMs since when
     * @param revokeSentMs when they were asked last
     * @param revocations by member
     * @param submittedMs when a command was sent last for this condition, −1: not yet
     */
    public record Inquiry(
            long condition,
            long sinceMs,
            long askedMs,
            Map<String, VoterView> answers,
            long revokeEpoch,
            long revokeSinceMs,
            long revokeSentMs,
            Map<String, Evidence> revocations,
            long submittedMs) {

        public static final Inquiry NONE = new Inquiry(0, 0, -1, Map.of(), 0, 0, -1, Map.of(), -1);

        /** The answers, in the order of their voters' names: the same answers always make the same proposal. */
        List<VoterView> views() {
            return List.copyOf(new TreeMap<>(answers).values());
        }

        /** A voter says that this epoch was given back to it. */
        boolean released(long epoch) {
            for (VoterView view : answers.values()) {
                if (view.released() && view.epoch() == epoch) {
                    return true;
                }
            }
            return false;
        }

        /**
         * A disk that lost its seat, or got one that is not known here yet, is no voter.
         *
         * @param by the configuration by which that voter grants
         * @param counted by which this node counts
         */
        public Inquiry heard(VoterView view, int by, int counted) {
            return by == counted ? heard(view) : this;
        }

        public Inquiry heard(VoterView view) {
            var all = new java.util.HashMap<>(answers);
            all.put(view.voter(), view);
            return new Inquiry(
                    condition,
                    sinceMs,
                    askedMs,
                    Map.copyOf(all),
                    revokeEpoch,
                    revokeSinceMs,
                    revokeSentMs,
                    revocations,
                    submittedMs);
        }

        public Inquiry heard(long epoch, String member, Evidence evidence) {
            if (epoch != revokeEpoch) {
                return this;
            }
            var all = new java.util.HashMap<>(revocations);
            all.put(member, evidence);
            return new Inquiry(
                    condition,
                    sinceMs,
                    askedMs,
                    answers,
                    revokeEpoch,
                    revokeSinceMs,
                    revokeSentMs,
                    Map.copyOf(all),
                    submittedMs);
        }

        Inquiry began(long epoch, long nowMs) {
            return new Inquiry(epoch, nowMs, -1, Map.of(), 0, 0, -1, Map.of(), -1);
        }

        /** The voters are asked anew. */
        Inquiry askedAgain(long nowMs, @Nullable VoterView own) {
            var next = new Inquiry(
                    condition,
                    sinceMs,
                    nowMs,
                    Map.of(),
                    revokeEpoch,
                    revokeSinceMs,
                    revokeSentMs,
                    revocations,
                    submittedMs);
            return own == null ? next : next.heard(own);
        }

        /** The voters have changed: what they answered before is not counted together with what they answer from now on. */
        public Inquiry recounted() {
            return new Inquiry(
                    condition,
                    sinceMs,
                    -1,
                    Map.of(),
                    revokeEpoch,
                    revokeSinceMs,
                    revokeSentMs,
                    revocations,
                    submittedMs);
        }

        Inquiry submitted(long nowMs) {
            return new Inquiry(
                    condition, sinceMs, -1, Map.of(), revokeEpoch, revokeSinceMs, revokeSentMs, revocations, nowMs);
        }

        Inquiry revoking(long epoch, long nowMs) {
            return epoch == revokeEpoch
                    ? new Inquiry(
                            condition, sinceMs, askedMs, answers, epoch, revokeSinceMs, nowMs, revocations, submittedMs)
                    : new Inquiry(condition, sinceMs, askedMs, answers, epoch, nowMs, nowMs, Map.of(), -1);
        }
    }

    /** Who is a member yet, and whose last status is younger than {@code suspect}. */
    SortedSet<String> inReach(GroupState g) {
        long limitMs = g.settings().timings().suspectAfter().toMillis();
        var reach = new TreeSet<String>();
        peers.forEach((member, heard) -> {
            if (nowMs - heard.atMs() < limitMs && g.members().containsKey(member)) {
                reach.add(member);
            }
        });
        return reach;
    }

    /** Members in reach that have data: standbys could promise to take no more WAL, the primary could die and be the candidate. */
    SortedSet<String> standbysInReach(GroupState g) {
        var standbys = new TreeSet<String>();
        for (String member : inReach(g)) {
            Heard heard = peers.get(member);
            if (heard == null) {
                continue;
            }
            boolean hasData = switch (heard.status().database().process()) {
                case ABSENT, INCOMPLETE -> false;
                case STOPPED, STARTING, STANDBY, PRIMARY, HUNG -> true;
            };
            if (hasData) {
                standbys.add(member);
            }
        }
        return standbys;
    }

    /**
     * Whether a standby got WAL from {@code primary} within the last 2 r. That its receiver is connected says nothing: a
     * connection outlives a host that died without a word.
     */
    boolean receivesFrom(@Nullable String primary) {
        long limitMs = 2 * sight.timings().renewEvery().toMillis();
        for (Heard heard : peers.values()) {
            DatabaseStatus database = heard.status().database();
            if (primary != null
                    && database.receiving()
                    && primary.equals(database.upstream())
                    && heard.walAtMs() != Heard.NO_WAL
                    && nowMs - heard.walAtMs() <= limitMs) {
                return true;
            }
        }
        return false;
    }

    Lsn lastLsnOf(@Nullable String member) {
        Heard heard = member == null ? null : peers.get(member);
        return heard == null || heard.status().database().process() != Process.PRIMARY
                ? Lsn.ZERO
                : heard.status().database().lsn();
    }
}
