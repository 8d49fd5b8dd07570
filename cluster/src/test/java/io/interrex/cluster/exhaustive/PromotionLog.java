package io.interrex.cluster.exhaustive;

import static io.interrex.cluster.exhaustive.PromotionWorld.NAMES;
import static io.interrex.cluster.exhaustive.PromotionWorld.NOBODY;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.exhaustive.Model.Broken;
import io.interrex.cluster.exhaustive.PromotionWorld.Member;
import io.interrex.cluster.exhaustive.PromotionWorld.Process;
import io.interrex.cluster.group.Decision;
import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupCommand.AuthorizePromotion;
import io.interrex.cluster.group.GroupCommand.ReportEstablished;
import io.interrex.cluster.group.GroupCommand.ReportSyncSetApplied;
import io.interrex.cluster.group.GroupCommand.ReviseSyncSet;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupCommand.StartFailover;
import io.interrex.cluster.group.GroupDecider;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvolution;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.GroupState.Promotion;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.group.Reason;
import io.interrex.cluster.settings.GroupSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/** The log of {@link PromotionModel}: asks the production decisions, appends their events, and has each of them judged. */
final class PromotionLog {

    private static final long EPOCH_MS = 100_000;
    /** A failover that is held lives longest. */
    private static final long EXPIRED_MS = 1_000_000;

    private static final String SYSTEM_ID = "7";
    private static final int FAILOVERS_MAX = 99;

    /** The same question gets the same answer (I13, which the simulator checks), so it is asked once. */
    private record Question(int group, GroupCommand command) {}

    private final WalTree wals;
    private final Set<PromotionMutant> opened;
    private final Map<Question, Decision> answers = new HashMap<>();
    /** One object for each state of the group, so that it is known by its identity. */
    private final Map<GroupState, GroupState> groups = new HashMap<>();

    private final IdentityHashMap<GroupState, Integer> numbers = new IdentityHashMap<>();

    PromotionLog(WalTree wals, Set<PromotionMutant> opened) {
        this.wals = wals;
        this.opened = opened;
    }

    static UUID uuid(long epoch) {
        return new UUID(0, epoch);
    }

    /** a is the primary of epoch 1, and commits wait for k of all others. */
    GroupState steady(int members, int k) {
        var infos = new ArrayList<io.interrex.cluster.group.MemberInfo>();
        var rule = new StringBuilder().append(k);
        for (int m = 0; m < members; m++) {
            infos.add(Groups.member(NAMES[m]));
            rule.append(m == 0 ? "" : " " + NAMES[m]);
        }
        GroupSettings usual = Groups.copies(k);
        var settings = new GroupSettings(
                "exhaustive",
                true,
                k,
                usual.onLastStandbyLoss(),
                usual.strict(),
                usual.maxLagBytes(),
                usual.timings(),
                usual.failoverExpires(),
                usual.restartsMax(),
                usual.restartWindow(),
                FAILOVERS_MAX,
                usual.failoverWindow(),
                usual.disk(),
                false);
        return one(Groups.steady(settings, infos, rule.toString()));
    }

    /** Past the grace of this epoch, and before it expires. */
    private static Stamp stamp(GroupState group) {
        return new Stamp("b", Groups.NOW_MS + group.epoch() * EPOCH_MS + 5_000, 5_000);
    }

    // ---- what is asked

    void start(PromotionWorld n) {
        var silent = new ArrayList<Evidence>();
        for (String voter : n.group.voters()) {
            silent.add(new Evidence.VoterView(voter, n.group.epoch(), 60_000, 0, false, false));
        }
        var all = new TreeSet<>(n.group.members().keySet());
        // a failover before it has expired, held or not
        Stamp stamp = new Stamp("b", Groups.NOW_MS + (n.group.epoch() + 1) * EPOCH_MS, EXPIRED_MS);
        decide(n, new StartFailover(stamp, n.group.epoch(), Reason.LEASE_SILENT, silent, all));
    }

    /** It promised the epoch, and takes no WAL, or is dead. */
    boolean answers(PromotionWorld w, int m) {
        Member member = w.members[m];
        boolean promised = member.maxEpoch >= w.group.epoch();
        return promised && (member.served ? member.process == Process.DOWN : member.process == Process.STANDBY);
    }

    void authorize(PromotionWorld n, int heard) {
        var evidence = new ArrayList<Evidence>();
        for (int m = 0; m < n.members.length; m++) {
            boolean counts = (heard & 1 << m) != 0
                    || opened.contains(PromotionMutant.NO_REVOCATION_QUORUM) && !n.members[m].served;
            if (counts) {
                evidence.add(answer(n, m));
            }
        }
        var command =
                new AuthorizePromotion(stamp(n.group), n.group.epoch(), evidence, uuid(n.group.epoch()), Lsn.ZERO);
        decide(n, command);
    }

    private Evidence answer(PromotionWorld n, int m) {
        Member member = n.members[m];
        Lsn lsn = new Lsn(wals.length(member.wal));
        if (member.served) {
            boolean crashTaken = opened.contains(PromotionMutant.CRASH_IS_A_CLEAN_STOP) && !member.stoppedCleanly;
            return new Evidence.Dead(
                    NAMES[m], n.group.epoch(), crashTaken ? new Lsn(1) : lsn, member.stoppedCleanly || crashTaken, 40);
        }
        int marked = wals.markedEpoch(member.wal);
        int told = opened.contains(PromotionMutant.LSN_BEFORE_LINEAGE) ? 1 : marked;
        return new Evidence.Revoked(
                NAMES[m], n.group.epoch(), lsn, wals.timeline(member.wal), told, uuid(told), SYSTEM_ID);
    }

    /** What the decision is given in place of what the log says. */
    private GroupState mutated(GroupState s) {
        var syncSet = s.syncSet();
        var intent = s.intent();
        var unestablished = s.unestablished();
        if (opened.contains(PromotionMutant.NO_JOINT_CONFIGURATION) && intent != null) {
            syncSet = intent;
            intent = null;
        }
        if (opened.contains(PromotionMutant.SMALL_REVOCATION_QUORUM) && syncSet.k() > 0) {
            syncSet = io.interrex.cluster.durability.SyncSet.of(
                    Math.min(syncSet.k() + 1, syncSet.size()), syncSet.standbys());
        }
        if (opened.contains(PromotionMutant.UNESTABLISHED_IS_HISTORY)) {
            unestablished = List.of();
        }
        if (opened.contains(PromotionMutant.NO_FLOOR)) {
            unestablished = unestablished.stream()
                    .map(p -> new Promotion(
                            p.epoch(),
                            p.candidate(),
                            Lsn.ZERO,
                            p.syncSet(),
                            p.uuid(),
                            p.baseEpoch(),
                            p.baseUuid(),
                            null))
                    .toList();
        }
        return opened.isEmpty() ? s : PromotionDoctor.with(s, syncSet, intent, unestablished);
    }

    void established(PromotionWorld n, int m) {
        Member member = n.members[m];
        int marker = member.wal;
        while (wals.kind(marker) != WalTree.Kind.MARKER) {
            marker = wals.parent(marker);
        }
        Promotion promotion = Objects.requireNonNull(n.group.promotion());
        SortedSet<String> flushedBy = opened.contains(PromotionMutant.FLUSH_NOT_PROVEN)
                ? promotion.syncSet().standbys()
                : holders(n, marker);
        var reign = new Reign(member.maxEpoch, uuid(member.maxEpoch), wals.timeline(marker), promotion.floorLsn());
        decide(
                n,
                new ReportEstablished(
                        stamp(n.group),
                        member.maxEpoch,
                        NAMES[m],
                        reign,
                        new Lsn(wals.length(marker)),
                        flushedBy,
                        SYSTEM_ID));
    }

    /** Every change that may be asked for: one standby silent, all silent, those that follow have caught up. */
    List<ReviseSyncSet> revisions(PromotionWorld w, int m) {
        var asked = new ArrayList<ReviseSyncSet>();
        SortedSet<String> named = w.group.syncSet().standbys();
        for (String one : named) {
            asked.add(revision(w, Set.of(), Set.of(one)));
        }
        if (named.size() > 1) {
            asked.add(revision(w, Set.of(), named));
        }
        var caughtUp = new TreeSet<String>();
        for (int s = 0; s < w.members.length; s++) {
            boolean follows = w.members[s].upstream == m && w.members[s].wal == w.members[m].wal;
            if (follows && !named.contains(NAMES[s])) {
                caughtUp.add(NAMES[s]);
            }
        }
        if (!caughtUp.isEmpty()) {
            asked.add(revision(w, caughtUp, Set.of()));
            for (String one : named) {
                asked.add(revision(w, caughtUp, Set.of(one)));
            }
        }
        return asked;
    }

    private static ReviseSyncSet revision(PromotionWorld w, Set<String> caughtUp, Set<String> silent) {
        return new ReviseSyncSet(stamp(w.group), w.group.epoch(), new TreeSet<>(caughtUp), new TreeSet<>(silent));
    }

    void applied(PromotionWorld n, int m) {
        Member member = n.members[m];
        decide(
                n,
                new ReportSyncSetApplied(
                        stamp(n.group),
                        member.maxEpoch,
                        Objects.requireNonNull(member.rule),
                        new Lsn(wals.length(member.proven)),
                        holders(n, member.proven)));
    }

    SortedSet<String> holders(PromotionWorld w, int wal) {
        var holders = new TreeSet<String>();
        for (int m = 0; m < w.members.length; m++) {
            if (wals.holds(w.members[m].wal, wal)) {
                holders.add(NAMES[m]);
            }
        }
        return holders;
    }

    String words(PromotionWorld w, int heard) {
        var words = new ArrayList<String>();
        for (int m = 0; m < w.members.length; m++) {
            if ((heard & 1 << m) != 0) {
                words.add("%s %s [%s]"
                        .formatted(NAMES[m], w.members[m].served ? "dead" : "revoked", wals.words(w.members[m].wal)));
            }
        }
        return String.join("; ", words);
    }

    // ---- what is appended

    void decide(PromotionWorld n, GroupCommand command) {
        Decision decision = answers.computeIfAbsent(
                new Question(number(n.group), command),
                q -> GroupDecider.decide(
                        command instanceof AuthorizePromotion ? mutated(n.group) : n.group, q.command()));
        append(n, decision);
        n.group = one(n.group);
    }

    private GroupState one(GroupState group) {
        return groups.computeIfAbsent(group, g -> g);
    }

    /** Equal states have one number. */
    int number(GroupState group) {
        return numbers.computeIfAbsent(group, g -> numbers.size() + 1);
    }

    private void append(PromotionWorld n, Decision decision) {
        for (GroupEvent event : decision.events()) {
            GroupState before = n.group;
            try {
                n.group = GroupEvolution.evolve(before, event);
            } catch (IllegalStateException illegal) {
                throw new Broken("I11 LegalHistory: " + illegal.getMessage());
            }
            Broken.unless(
                    n.group.epoch() >= before.epoch() && event.epoch() <= n.group.epoch(),
                    "I11 LegalHistory",
                    () -> event + " after epoch " + before.epoch());
            if (event instanceof GroupEvent.PromotionAuthorized e) {
                n.authorized[(int) e.epoch()] = n.group.promotion();
                int candidate = PromotionWorld.indexOf(e.candidate());
                n.frozen[(int) e.epoch()] = candidate == NOBODY ? WalTree.ROOT : n.members[candidate].wal;
                PromotionChecks.authorized(n, wals, before, e);
            }
            if (event instanceof GroupEvent.PrimaryEstablished e) {
                n.established |= 1 << e.epoch();
                PromotionChecks.established(n, wals, e);
            }
        }
    }
}
