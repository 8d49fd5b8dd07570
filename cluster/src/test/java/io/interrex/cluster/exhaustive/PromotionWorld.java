package io.interrex.cluster.exhaustive;

import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.GroupState.Promotion;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One state of {@link PromotionModel}: what the log says, and what is on each member. */
final class PromotionWorld {

    static final String[] NAMES = {"a", "b", "c", "d", "e"};
    static final int NOBODY = -1;

    enum Process {
        DOWN,
        STANDBY,
        PRIMARY
    }

    GroupState group;
    Member[] members;
    /** By epoch: what was authorized, and the candidate's WAL then. */
    @Nullable
    Promotion[] authorized;

    int[] frozen;
    /** As bits: epochs that were established. */
    int established = 1 << 1;
    /** The furthest acknowledged commits, as the WAL up to each; who holds one holds all before it. */
    int[] acknowledged = {};

    int commitsLeft;
    int crashesLeft;
    int changesLeft;

    PromotionWorld(GroupState group, Member[] members, @Nullable Promotion[] authorized, int[] frozen) {
        this.group = group;
        this.members = members;
        this.authorized = authorized;
        this.frozen = frozen;
    }

    PromotionWorld copy() {
        var own = new Member[members.length];
        for (int m = 0; m < own.length; m++) {
            own[m] = members[m].copy();
        }
        var copy = new PromotionWorld(group, own, authorized.clone(), frozen.clone());
        copy.established = established;
        copy.acknowledged = acknowledged;
        copy.commitsLeft = commitsLeft;
        copy.crashesLeft = crashesLeft;
        copy.changesLeft = changesLeft;
        return copy;
    }

    boolean isEstablished(int epoch) {
        return (established & 1 << epoch) != 0;
    }

    /** Whom an epoch was given to; {@link #NOBODY} yet. */
    int ownerOf(int epoch) {
        Promotion promotion = authorized[epoch];
        return epoch == 1 ? 0 : promotion == null ? NOBODY : indexOf(promotion.candidate());
    }

    static int indexOf(String name) {
        return Arrays.asList(NAMES).indexOf(name);
    }

    /** A member: its data, its server, and what its host has on disk. */
    static final class Member {
        int wal;
        Process process = Process.STANDBY;
        /** Whom it takes WAL from. */
        int upstream = NOBODY;
        /** The highest epoch that it promised. */
        int maxEpoch = 1;
        /** It was to be, or was, a primary: revoked, it is dead, not detached. */
        boolean served;
        /** Its last stop was a clean one. */
        boolean stoppedCleanly;
        /** The commit rule of a primary. */
        @Nullable
        SyncSet rule;
        /** Some of its senders still go by this one. */
        @Nullable
        SyncSet oldRule;
        /** Its WAL when every sender had read the rule; what the proof of a change is about. */
        int proven;

        Member copy() {
            var copy = new Member();
            copy.wal = wal;
            copy.process = process;
            copy.upstream = upstream;
            copy.maxEpoch = maxEpoch;
            copy.served = served;
            copy.stoppedCleanly = stoppedCleanly;
            copy.rule = rule;
            copy.oldRule = oldRule;
            copy.proven = proven;
            return copy;
        }
    }
}
