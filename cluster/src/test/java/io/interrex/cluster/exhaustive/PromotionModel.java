package io.interrex.cluster.exhaustive;

import static io.interrex.cluster.exhaustive.PromotionWorld.NAMES;
import static io.interrex.cluster.exhaustive.PromotionWorld.NOBODY;

import io.interrex.cluster.durability.Lineage;
import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.exhaustive.PromotionWorld.Member;
import io.interrex.cluster.exhaustive.PromotionWorld.Process;
import io.interrex.cluster.exhaustive.WalTree.Kind;
import io.interrex.cluster.group.GroupState.Phase;
import io.interrex.cluster.group.GroupState.Promotion;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Configuration, revocation and the crash points of a promotion, through two successive failovers: the production decisions of
 * a group, and around them members that do, in any order and as late as can be, whatever their promises let them do
 * (src/docs/decisions/0009-exhaustive-models.md). There is no lease and no clock: promise A must hold without.
 */
final class PromotionModel implements Model<PromotionWorld> {

    private final PromotionBounds bounds;
    private final Set<PromotionMutant> opened;
    private final WalTree wals = new WalTree();
    private final PromotionLog log;
    private final PromotionKey keys = new PromotionKey();

    PromotionModel(PromotionBounds bounds, PromotionMutant... mutants) {
        this.bounds = bounds;
        this.opened = Set.of(mutants);
        this.log = new PromotionLog(wals, opened);
    }

    @Override
    public PromotionWorld first() {
        int wal = wals.append(WalTree.ROOT, Kind.MARKER, 1, 0, 1);
        var members = new Member[bounds.members()];
        for (int m = 0; m < members.length; m++) {
            members[m] = new Member();
            members[m].wal = wal;
            members[m].upstream = 0;
        }
        var group = log.steady(bounds.members(), bounds.k());
        members[0].process = Process.PRIMARY;
        members[0].upstream = NOBODY;
        members[0].served = true;
        members[0].rule = group.syncSet();
        var world =
                new PromotionWorld(group, members, new Promotion[bounds.epochs() + 1], new int[bounds.epochs() + 1]);
        world.commitsLeft = bounds.commits();
        world.crashesLeft = bounds.crashes();
        world.changesLeft = bounds.changes();
        return world;
    }

    @Override
    public void key(PromotionWorld world, Key key) {
        keys.write(world, log.number(world.group), key);
    }

    @Override
    public void moves(PromotionWorld w, Moves<PromotionWorld> moves) {
        for (int m = 0; m < bounds.members(); m++) {
            Member member = w.members[m];
            if (member.maxEpoch < w.group.epoch()) {
                promise(w, m, moves);
            }
            switch (member.process) {
                case DOWN -> down(w, m, moves);
                case STANDBY -> standby(w, m, moves);
                case PRIMARY -> primary(w, m, moves);
            }
            if (w.crashesLeft > 0 && member.served && member.process != Process.DOWN) {
                int crashed = m;
                move(w, moves, () -> NAMES[crashed] + " crashes", n -> {
                    n.crashesLeft--;
                    stop(n.members[crashed]);
                    if (opened.contains(PromotionMutant.MEMBER_FORGETS_PROMISE)) {
                        n.members[crashed].maxEpoch = Math.max(1, n.members[crashed].maxEpoch - 1);
                    }
                });
            }
        }
        failovers(w, moves);
    }

    private void move(
            PromotionWorld from, Moves<PromotionWorld> moves, Supplier<String> words, Consumer<PromotionWorld> change) {
        moves.attempt(words, () -> {
            PromotionWorld next = from.copy();
            change.accept(next);
            return next;
        });
    }

    private static void stop(Member member) {
        member.process = Process.DOWN;
        member.upstream = NOBODY;
        member.oldRule = null;
        member.proven = 0;
    }

    // ---- promises

    /** The epoch is on its disk; then a standby is detached and one that served is killed. Before that it is as it was. */
    private void promise(PromotionWorld w, int m, Moves<PromotionWorld> moves) {
        long epoch = w.group.epoch();
        move(w, moves, () -> NAMES[m] + " promises epoch " + epoch, n -> {
            Member member = n.members[m];
            member.maxEpoch = (int) epoch;
            if (member.served) {
                stop(member);
            } else if (!opened.contains(PromotionMutant.NO_REVOCATION)) {
                member.upstream = NOBODY;
            }
        });
    }

    // ---- a server that does not run

    private void down(PromotionWorld w, int m, Moves<PromotionWorld> moves) {
        Member member = w.members[m];
        boolean own = w.ownerOf(member.maxEpoch) == m;
        if (member.served && own && w.isEstablished(member.maxEpoch)) {
            move(w, moves, () -> NAMES[m] + " starts again as the primary of epoch " + member.maxEpoch, n -> {
                n.members[m].process = Process.PRIMARY;
                n.members[m].stoppedCleanly = false;
            });
        } else if (own || !member.served) {
            move(w, moves, () -> NAMES[m] + " starts in recovery", n -> {
                n.members[m].process = Process.STANDBY;
                n.members[m].stoppedCleanly = false;
            });
        } else if (mayBecomeStandby(w, m)) {
            move(w, moves, () -> NAMES[m] + " becomes a standby", n -> {
                n.members[m].served = false;
                n.members[m].stoppedCleanly = false;
                n.members[m].process = Process.STANDBY;
            });
        }
    }

    /** It has another to follow in the epoch that it promised; or its own epoch was never established, and is over. */
    private static boolean mayBecomeStandby(PromotionWorld w, int m) {
        Member member = w.members[m];
        int owner = w.ownerOf(member.maxEpoch);
        boolean follows = owner != NOBODY && (w.isEstablished(member.maxEpoch) || isNamed(w, member.maxEpoch, m));
        boolean neverEstablished = member.maxEpoch == w.group.epoch()
                && !NAMES[m].equals(w.group.primary())
                && w.group.unestablished().stream().anyMatch(p -> p.candidate().equals(NAMES[m]));
        return follows || neverEstablished;
    }

    private static boolean isNamed(PromotionWorld w, int epoch, int m) {
        Promotion promotion = w.authorized[epoch];
        return promotion != null && promotion.syncSet().standbys().contains(NAMES[m]);
    }

    // ---- a server in recovery

    private void standby(PromotionWorld w, int m, Moves<PromotionWorld> moves) {
        Member member = w.members[m];
        int owner = w.ownerOf(member.maxEpoch);
        if (member.upstream != NOBODY) {
            stream(w, m, moves);
        } else if (owner == m) {
            candidate(w, m, moves);
        } else if (owner != NOBODY && !member.served && w.isEstablished(member.maxEpoch)) {
            join(w, m, owner, moves);
        } else if (owner != NOBODY && !member.served && isNamed(w, member.maxEpoch, m)) {
            move(w, moves, () -> NAMES[m] + " follows " + NAMES[owner], n -> n.members[m].upstream = owner);
        }
    }

    private void stream(PromotionWorld w, int m, Moves<PromotionWorld> moves) {
        Member member = w.members[m];
        Member source = w.members[member.upstream];
        boolean streams = source.process == Process.PRIMARY && wals.streamsByTimeline(source.wal, member.wal);
        if (streams && source.wal != member.wal) {
            move(w, moves, () -> NAMES[m] + " receives one byte from " + NAMES[member.upstream], n -> {
                Broken.unless(
                        wals.holds(source.wal, member.wal),
                        "I6 AckedWritesSurvive",
                        () -> "%s streams from %s although their data differ: [%s] and [%s]"
                                .formatted(
                                        NAMES[m],
                                        NAMES[member.upstream],
                                        wals.words(member.wal),
                                        wals.words(source.wal)));
                n.members[m].wal = wals.upTo(source.wal, wals.length(member.wal) + 1);
            });
        }
    }

    /** Its lineage decides how it gets to follow an established primary. */
    private void join(PromotionWorld w, int m, int owner, Moves<PromotionWorld> moves) {
        Member member = w.members[m];
        Member source = w.members[owner];
        if (member.maxEpoch != w.group.establishedEpoch()) {
            return;
        }
        int marked = wals.markedEpoch(member.wal);
        Lineage.Fit fit = Lineage.of(
                w.group.lineage(),
                marked,
                PromotionLog.uuid(marked),
                wals.timeline(member.wal),
                new Lsn(wals.length(member.wal)));
        boolean reachable = source.process == Process.PRIMARY;
        switch (fit) {
            case STREAMS ->
                move(w, moves, () -> NAMES[m] + " follows " + NAMES[owner], n -> n.members[m].upstream = owner);
            case DIVERGED -> {
                if (reachable) {
                    move(w, moves, () -> NAMES[m] + " is rewound to " + NAMES[owner], n -> {
                        n.members[m].wal = wals.common(member.wal, source.wal);
                        n.members[m].upstream = owner;
                    });
                }
            }
            case OFF_CHAIN -> {
                if (reachable) {
                    move(w, moves, () -> NAMES[m] + " is cloned from " + NAMES[owner], n -> {
                        n.members[m].wal = source.wal;
                        n.members[m].upstream = owner;
                    });
                }
            }
        }
    }

    /** Steps 5 and 6; a crash may come between any two of them. */
    private void candidate(PromotionWorld w, int m, Moves<PromotionWorld> moves) {
        Member member = w.members[m];
        Promotion promotion = w.authorized[member.maxEpoch];
        if (promotion == null) {
            return;
        }
        if (!member.served) {
            move(
                    w,
                    moves,
                    () -> "%s takes epoch %d".formatted(NAMES[m], member.maxEpoch),
                    n -> n.members[m].served = true);
        } else if (wals.length(member.wal) >= promotion.floorLsn().value()) {
            move(w, moves, () -> NAMES[m] + " is promoted", n -> {
                Member promoted = n.members[m];
                promoted.process = Process.PRIMARY;
                promoted.rule = promotion.syncSet();
                promoted.wal = wals.append(
                        member.wal, Kind.END_OF_RECOVERY, member.maxEpoch, m, wals.timeline(member.wal) + 1);
            });
        }
    }

    // ---- a server out of recovery

    private void primary(PromotionWorld w, int m, Moves<PromotionWorld> moves) {
        Member member = w.members[m];
        int epoch = member.maxEpoch;
        if (wals.markedEpoch(member.wal) != epoch) {
            move(
                    w,
                    moves,
                    () -> "%s writes the marker of epoch %d".formatted(NAMES[m], epoch),
                    n -> write(n, m, Kind.MARKER));
            return;
        }
        if (!w.isEstablished(epoch)) {
            if (epoch == w.group.epoch() && w.group.phase() == Phase.AUTHORIZED) {
                move(
                        w,
                        moves,
                        () -> "%s reports that its marker is held".formatted(NAMES[m]),
                        n -> log.established(n, m));
            }
            return;
        }
        acknowledgements(w, m, moves);
        if (w.commitsLeft > 0) {
            move(w, moves, () -> "a client commits on " + NAMES[m], n -> {
                n.commitsLeft--;
                write(n, m, Kind.COMMIT);
            });
        }
        if (w.crashesLeft > 0) {
            move(w, moves, () -> NAMES[m] + " is stopped cleanly", n -> {
                n.crashesLeft--;
                write(n, m, Kind.SHUTDOWN_CHECKPOINT);
                stop(n.members[m]);
                n.members[m].stoppedCleanly = true;
            });
        }
        changes(w, m, moves);
    }

    private void write(PromotionWorld n, int m, Kind kind) {
        Member member = n.members[m];
        member.wal = wals.append(member.wal, kind, member.maxEpoch, m, wals.timeline(member.wal));
    }

    private void acknowledgements(PromotionWorld w, int m, Moves<PromotionWorld> moves) {
        Member member = w.members[m];
        for (int at = member.wal; at != WalTree.ROOT; at = wals.parent(at)) {
            int commit = at;
            boolean own = wals.kind(at) == Kind.COMMIT && wals.writer(at) == m && wals.epoch(at) == member.maxEpoch;
            boolean news = own && !PromotionChecks.isAcknowledged(w, wals, at);
            if (news && (isHeld(w, member.rule, at) || isHeld(w, member.oldRule, at))) {
                move(
                        w,
                        moves,
                        () -> NAMES[m] + " acknowledges the commit at " + wals.length(commit),
                        n -> PromotionChecks.acknowledged(n, wals, m, commit));
            }
        }
    }

    private boolean isHeld(PromotionWorld w, @Nullable SyncSet rule, int commit) {
        return rule != null && rule.countOf(log.holders(w, commit)) >= rule.k();
    }

    /** Sync set C→C': the intent, the reload that senders see each on its own, the proof. */
    private void changes(PromotionWorld w, int m, Moves<PromotionWorld> moves) {
        Member member = w.members[m];
        boolean current = member.maxEpoch == w.group.epoch() && w.group.phase() == Phase.ESTABLISHED;
        SyncSet intent = w.group.intent();
        if (!current) {
            return;
        }
        if (intent == null) {
            if (w.changesLeft > 0) {
                log.revisions(w, m)
                        .forEach(command -> move(
                                w,
                                moves,
                                () -> "%s asks for a change: %s are silent, %s have caught up"
                                        .formatted(NAMES[m], command.silent(), command.caughtUp()),
                                n -> {
                                    n.changesLeft--;
                                    log.decide(n, command);
                                }));
            }
            return;
        }
        if (!intent.equals(member.rule)) {
            move(w, moves, () -> NAMES[m] + " loads " + intent, n -> {
                n.members[m].oldRule = member.rule;
                n.members[m].rule = intent;
                n.members[m].proven = opened.contains(PromotionMutant.SENDERS_NOT_AWAITED) ? n.members[m].wal : 0;
            });
        } else if (member.proven == 0) {
            move(w, moves, () -> "every sender of " + NAMES[m] + " goes by " + intent, n -> {
                n.members[m].oldRule = null;
                n.members[m].proven = n.members[m].wal;
            });
        } else {
            move(w, moves, () -> NAMES[m] + " reports that " + intent + " is in force", n -> log.applied(n, m));
        }
    }

    // ---- failovers

    private void failovers(PromotionWorld w, Moves<PromotionWorld> moves) {
        if (w.group.epoch() < bounds.epochs()) {
            move(w, moves, () -> "a failover from epoch " + w.group.epoch() + " begins", log::start);
        }
        if (w.group.phase() == Phase.STARTED) {
            int answered = 0;
            for (int m = 0; m < bounds.members(); m++) {
                answered |= log.answers(w, m) ? 1 << m : 0;
            }
            for (int heard = 1; heard <= answered; heard++) {
                if ((heard & ~answered) == 0) {
                    int subset = heard;
                    move(
                            w,
                            moves,
                            () -> "who answered " + log.words(w, subset) + " decides epoch " + w.group.epoch(),
                            n -> log.authorize(n, subset));
                }
            }
        }
    }
}
