package io.interrex.cluster.exhaustive;

import static io.interrex.cluster.exhaustive.PromotionWorld.NAMES;

import io.interrex.cluster.durability.LiveConfiguration;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.exhaustive.Model.Broken;
import io.interrex.cluster.exhaustive.PromotionWorld.Member;
import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.Evidence.Revoked;
import io.interrex.cluster.group.GroupEvent.PrimaryEstablished;
import io.interrex.cluster.group.GroupEvent.PromotionAuthorized;
import io.interrex.cluster.group.GroupState;
import java.util.Arrays;
import java.util.stream.IntStream;

/** I4, I6, I7, I8 and I9 on a {@link PromotionWorld}, judged by what is really on the members. I11 is judged by the log. */
final class PromotionChecks {

    private PromotionChecks() {}

    static boolean isAcknowledged(PromotionWorld w, WalTree wals, int commit) {
        return Arrays.stream(w.acknowledged).anyMatch(further -> wals.holds(further, commit));
    }

    static void acknowledged(PromotionWorld n, WalTree wals, int by, int commit) {
        for (int epoch = wals.epoch(commit) + 1; epoch < n.frozen.length; epoch++) {
            int authorized = epoch;
            int frozen = n.frozen[epoch];
            Broken.unless(
                    frozen == WalTree.ROOT || wals.holds(frozen, commit),
                    "I4 NoOldEpochAck",
                    () -> "%s acknowledges [%s], and the candidate of epoch %d had [%s]"
                            .formatted(NAMES[by], wals.words(commit), authorized, wals.words(frozen)));
        }
        n.acknowledged = IntStream.concat(
                        Arrays.stream(n.acknowledged).filter(older -> !wals.holds(commit, older)), IntStream.of(commit))
                .sorted()
                .toArray();
    }

    static void authorized(PromotionWorld n, WalTree wals, GroupState before, PromotionAuthorized event) {
        int candidate = PromotionWorld.indexOf(event.candidate());
        int wal = n.members[candidate].wal;
        survived(n, wals, wal, "I4 NoOldEpochAck", event.candidate() + " is authorized for epoch " + event.epoch());
        before.liveConfigurations().forEach(live -> intersects(n, before, live, event));
        for (Evidence item : event.evidence()) {
            if (item instanceof Revoked r && !r.member().equals(before.primary())) {
                int other = n.members[PromotionWorld.indexOf(r.member())].wal;
                boolean better = place(before, wals, other) > place(before, wals, wal)
                        || place(before, wals, other) == place(before, wals, wal)
                                && wals.length(other) > wals.length(wal);
                boolean only = event.candidate().equals(before.primary())
                        || before.unestablished().stream()
                                .anyMatch(p -> p.candidate().equals(event.candidate()));
                Broken.unless(
                        !better || only,
                        "I8 PromotedIsMaximal",
                        () -> "%s is to be promoted with [%s], %s has [%s]"
                                .formatted(event.candidate(), wals.words(wal), r.member(), wals.words(other)));
            }
        }
        boolean answered = event.evidence().stream().anyMatch(e -> who(e).equals(event.candidate()));
        Broken.unless(
                answered, "I8 PromotedIsMaximal", () -> event.candidate() + " is to be promoted, and did not answer");
        synchronous(n, wals, before, event);
    }

    private static String who(Evidence evidence) {
        return switch (evidence) {
            case Revoked r -> r.member();
            case Evidence.Dead d -> d.member();
            case Evidence.NoAnswer no -> "";
            case Evidence.VoterView v -> "";
            case Evidence.PeerView p -> "";
        };
    }

    private static int place(GroupState state, WalTree wals, int wal) {
        int marked = wals.markedEpoch(wal);
        for (int i = 0; i < state.possibleReigns().size(); i++) {
            if (state.possibleReigns().get(i).epoch() == marked) {
                return i;
            }
        }
        return -1;
    }

    /** Fewer than k of its standbys are left that promised nothing; or one of the other ways of step 2 covers it. */
    private static void intersects(
            PromotionWorld n, GroupState before, LiveConfiguration live, PromotionAuthorized event) {
        SyncSet s = live.syncSet();
        long free = s.standbys().stream()
                .filter(name -> n.members[PromotionWorld.indexOf(name)].maxEpoch < event.epoch())
                .count();
        Member primary = n.members[PromotionWorld.indexOf(live.primary())];
        boolean floor = before.unestablished().stream().anyMatch(p -> p.epoch() > live.epoch());
        boolean itself = event.candidate().equals(live.primary());
        Broken.unless(
                s.k() > 0 && free < s.k() || floor || itself || primary.stoppedCleanly,
                "I7 QuorumsIntersect",
                () -> "%s of epoch %d may acknowledge with %d that promised nothing when %s is authorized for epoch %d"
                        .formatted(s, live.epoch(), free, event.candidate(), event.epoch()));
    }

    /** One that was in no synchronous set has to hold all that each revoked member of one holds. */
    private static void synchronous(PromotionWorld n, WalTree wals, GroupState before, PromotionAuthorized event) {
        boolean named = before.liveConfigurations().stream()
                .anyMatch(live -> live.primary().equals(event.candidate())
                        || live.syncSet().standbys().contains(event.candidate()));
        if (named) {
            return;
        }
        int wal = n.members[PromotionWorld.indexOf(event.candidate())].wal;
        for (Evidence item : event.evidence()) {
            if (item instanceof Revoked r && !r.member().equals(before.primary())) {
                int other = n.members[PromotionWorld.indexOf(r.member())].wal;
                Broken.unless(
                        wals.holds(wal, other) || place(before, wals, other) < place(before, wals, wal),
                        "I9 NonSyncOnlyForced",
                        () -> "%s was in no synchronous set and lacks what is on %s"
                                .formatted(event.candidate(), r.member()));
            }
        }
    }

    static void established(PromotionWorld n, WalTree wals, PrimaryEstablished event) {
        int wal = n.members[PromotionWorld.indexOf(event.member())].wal;
        survived(n, wals, wal, "I6 AckedWritesSurvive", event.member() + " is established for epoch " + event.epoch());
    }

    private static void survived(PromotionWorld n, WalTree wals, int wal, String invariant, String when) {
        for (int commit : n.acknowledged) {
            Broken.unless(
                    wals.holds(wal, commit),
                    invariant,
                    () -> "%s with [%s]; [%s] was acknowledged".formatted(when, wals.words(wal), wals.words(commit)));
        }
    }
}
