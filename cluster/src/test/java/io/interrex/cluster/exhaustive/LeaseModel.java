package io.interrex.cluster.exhaustive;

import static io.interrex.cluster.exhaustive.LeaseBounds.SKIP_EVERY;
import static io.interrex.cluster.exhaustive.LeaseBounds.TICK_NS;
import static io.interrex.cluster.exhaustive.LeaseBounds.W;
import static io.interrex.cluster.exhaustive.LeaseWorld.HOLDERS;
import static io.interrex.cluster.exhaustive.LeaseWorld.VOTERS;

import io.interrex.cluster.exhaustive.LeaseBounds.LeaseFault;
import io.interrex.cluster.exhaustive.LeaseWorld.Holding;
import io.interrex.cluster.exhaustive.LeaseWorld.Voting;
import io.interrex.cluster.hands.HandsMessage.Ack;
import io.interrex.cluster.hands.HandsMessage.Renew;
import io.interrex.cluster.lease.LeaseHolder;
import io.interrex.cluster.lease.LeaseState;
import io.interrex.cluster.lease.Voter;
import io.interrex.cluster.lease.VoterHard;
import io.interrex.cluster.lease.VoterState;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Three voters, two members that want the lease, one fault: the production {@link Voter} and {@link LeaseHolder}, and around
 * them every order of messages and clock ticks (src/docs/decisions/0009-exhaustive-models.md).
 */
final class LeaseModel implements Model<LeaseWorld> {

    private static final String GROUP = "main";

    private final LeaseBounds bounds;
    private final Set<LeaseMutant> opened;
    private final LeaseSteps steps;

    LeaseModel(LeaseBounds bounds, LeaseMutant... mutants) {
        this.bounds = bounds;
        this.opened = LeaseBounds.opened(mutants);
        this.steps = new LeaseSteps(opened, bounds.lateStaging());
    }

    @Override
    public LeaseWorld first() {
        var world = new LeaseWorld();
        for (int v = 0; v < VOTERS.length; v++) {
            world.voters[v] = new Voting(voter(v, -2 * W, VoterHard.NEW));
            world.voters[v].sinceSkip = SKIP_EVERY;
        }
        for (int h = 0; h < HOLDERS.length; h++) {
            world.holders[h] = new Holding(lease(h, 1, 0), new Renew[bounds.epochs() + 1]);
            world.holders[h].sinceSkip = SKIP_EVERY;
        }
        return world;
    }

    private VoterState voter(int v, int clock, VoterHard disk) {
        boolean silent = !opened.contains(LeaseMutant.NO_SILENCE) && !opened.contains(LeaseMutant.SHORT_SILENCE);
        return VoterState.started(
                VOTERS[v],
                1,
                clock * TICK_NS,
                bounds.timings().silentFor().toNanos(),
                bounds.timings().promiseFor().toNanos(),
                silent ? disk : new VoterHard(disk.maxEpochs(), 0));
    }

    private LeaseState lease(int h, long incarnation, int clock) {
        var names = opened.contains(LeaseMutant.MINORITY_LEASE) ? Set.of(VOTERS[h]) : Set.of(VOTERS);
        return LeaseState.idle(
                new LeaseState.Identity(GROUP, HOLDERS[h], incarnation, 1, new TreeSet<>(names), bounds.timings()),
                clock * TICK_NS);
    }

    // ---- moves

    @Override
    public void moves(LeaseWorld world, Moves<LeaseWorld> moves) {
        time(world, moves);
        if (world.epoch < bounds.epochs()) {
            move(
                    world,
                    moves,
                    () -> "epoch " + (world.epoch + 1) + " is given to " + HOLDERS[LeaseSteps.ownerOf(world.epoch + 1)],
                    w -> w.epoch++);
        }
        for (int h = 0; h < HOLDERS.length; h++) {
            if (!world.holders[h].isStill()) {
                holderMoves(world, h, moves);
            }
            arrivals(world, h, moves);
        }
        if (world.fault == null) {
            bounds.faults().forEach(fault -> faults(world, fault, moves));
        }
        recoveries(world, moves);
    }

    private void move(LeaseWorld from, Moves<LeaseWorld> moves, Supplier<String> words, Consumer<LeaseWorld> change) {
        moves.attempt(words, () -> {
            LeaseWorld next = from.copy();
            change.accept(next);
            LeaseChecks.state(next);
            return next;
        });
    }

    private void holderMoves(LeaseWorld world, int h, Moves<LeaseWorld> moves) {
        Holding holding = world.holders[h];
        String name = HOLDERS[h];
        if (holding.promised < world.epoch) {
            move(world, moves, () -> name + " learns of epoch " + world.epoch, w -> {
                w.holder(h).promised = w.epoch;
                w.holder(h).served |= LeaseSteps.ownerOf(w.epoch) == h;
                steps.want(w, h);
            });
        }
        boolean loopDue = holding.lease.wanted() != 0 || holding.lease.held() || holding.unaware;
        if (loopDue && (holding.lease.lastTickNs() < holding.nowNs() || holding.unaware)) {
            move(world, moves, () -> "the loop of " + name + " runs", w -> steps.loop(w, h));
        }
        if (holding.staging) {
            move(
                    world,
                    moves,
                    () -> name + " stages its timers and sends round " + holding.lease.round() + " of epoch "
                            + holding.lease.wanted(),
                    w -> steps.send(w, h));
        }
        if (holding.confirms()) {
            move(
                    world,
                    moves,
                    () -> "the guard of " + name + " confirms round " + holding.arming,
                    w -> steps.confirmed(w, h));
        }
        for (int v = 0; v < VOTERS.length && !holding.isDecided(); v++) {
            int voter = v;
            boolean oldRound = opened.contains(LeaseMutant.OLD_ROUND_COUNTS) && world.voters[v].ackedBefore[h];
            if ((world.voters[v].acked[h] || oldRound) && !holding.lease.acks().contains(VOTERS[v])) {
                move(
                        world,
                        moves,
                        () -> name + " hears the Ack of " + VOTERS[voter],
                        w -> steps.hear(w, h, ack(w, h, voter, 0)));
            }
            if (holding.lease.identity().incarnation() > 1
                    && !holding.lease.acks().contains(VOTERS[v])) {
                long since = opened.contains(LeaseMutant.OLD_RUN_COUNTS) ? 0 : 1;
                move(
                        world,
                        moves,
                        () -> name + " hears an Ack of " + VOTERS[voter] + " to its last run",
                        w -> steps.hear(w, h, ack(w, h, voter, since)));
            }
        }
        if (holding.lease.wanted() != 0 && holding.promised < bounds.epochs()) {
            move(world, moves, () -> name + " closes its gate and gives epoch " + holding.promised + " back", w -> {
                w.holder(h).released = w.holder(h).promised;
                if (!opened.contains(LeaseMutant.RELEASE_BEFORE_CLOSE)) {
                    steps.want(w, h);
                }
            });
        }
    }

    private static Ack ack(LeaseWorld world, int h, int v, long runsAgo) {
        LeaseState lease = world.holders[h].lease;
        return new Ack(
                GROUP, VOTERS[v], HOLDERS[h], lease.identity().incarnation() - runsAgo, lease.wanted(), lease.round());
    }

    /** What was ever sent arrives at any voter, at any time, any number of times, or never. */
    private void arrivals(LeaseWorld world, int h, Moves<LeaseWorld> moves) {
        for (int v = 0; v < VOTERS.length; v++) {
            int voter = v;
            for (Renew renew : world.holders[h].sent) {
                if (renew != null) {
                    move(
                            world,
                            moves,
                            () -> VOTERS[voter] + " receives round " + renew.n() + " of epoch " + renew.epoch()
                                    + " from " + HOLDERS[h],
                            w -> steps.receive(w, voter, h, renew));
                }
            }
            int released = world.holders[h].released;
            if (released > 0) {
                move(
                        world,
                        moves,
                        () -> VOTERS[voter] + " hears that " + HOLDERS[h] + " gave epoch " + released + " back",
                        w -> steps.persisted(
                                w.voter(voter), Voter.release(w.voter(voter).state, GROUP, HOLDERS[h], released)));
            }
        }
    }

    private void faults(LeaseWorld world, LeaseFault fault, Moves<LeaseWorld> moves) {
        switch (fault) {
            case VOTER_RESTARTS -> {
                for (int v = 0; v < VOTERS.length; v++) {
                    int voter = v;
                    move(world, moves, () -> "voter " + VOTERS[voter] + " is started again", w -> {
                        w.fault = fault;
                        Voting voting = w.voter(voter);
                        voting.state = voter(voter, voting.clock, voting.disk);
                        voting.speaksFrom = voting.clock + W;
                    });
                }
            }
            case HOLDER_RESTARTS ->
                halts(
                        world,
                        fault,
                        "'s node ends",
                        holding -> {
                            holding.down = true;
                            holding.staging = false;
                        },
                        moves);
            case HOLDER_PAUSES -> halts(world, fault, " stands still", holding -> holding.paused = true, moves);
            case HOLDER_IS_STUNNED ->
                halts(world, fault, "'s machine is suspended", holding -> holding.stunned = true, moves);
        }
    }

    private void halts(
            LeaseWorld world, LeaseFault fault, String words, Consumer<Holding> change, Moves<LeaseWorld> moves) {
        for (int h = 0; h < HOLDERS.length; h++) {
            int holder = h;
            if (world.holders[h].isBusy()) {
                move(world, moves, () -> HOLDERS[holder] + words, w -> {
                    w.fault = fault;
                    change.accept(w.holder(holder));
                });
            }
        }
    }

    private void recoveries(LeaseWorld world, Moves<LeaseWorld> moves) {
        for (int h = 0; h < HOLDERS.length; h++) {
            int holder = h;
            Holding holding = world.holders[h];
            if (holding.paused) {
                move(world, moves, () -> HOLDERS[holder] + " goes on", w -> w.holder(holder).paused = false);
            }
            if (holding.stunned) {
                move(world, moves, () -> HOLDERS[holder] + "'s machine wakes", w -> {
                    w.holder(holder).stunned = false;
                    w.holder(holder).unaware = true;
                    w.holder(holder).staleLease = true;
                });
            }
            if (holding.down) {
                move(world, moves, () -> HOLDERS[holder] + "'s node is started again", w -> {
                    Holding again = w.holder(holder);
                    long run = again.lease.identity().incarnation() + 1;
                    again.lease = lease(holder, run, again.clock).gateFound(again.served);
                    again.down = false;
                    again.arming = 0;
                    for (int v = 0; v < VOTERS.length; v++) {
                        w.voter(v).acked[holder] = false;
                        w.voter(v).ackedBefore[holder] = false;
                    }
                    steps.want(w, holder);
                });
            }
        }
    }

    // ---- time

    /** The true time goes on by a tick, and every clock with it that does not skip it. */
    private void time(LeaseWorld world, Moves<LeaseWorld> moves) {
        for (Holding holding : world.holders) {
            boolean runs = holding.lease.wanted() != 0 || holding.lease.held();
            if (!holding.isStill() && runs && holding.lease.lastTickNs() < holding.nowNs()) {
                return;
            }
        }
        for (int skipping = 0; skipping <= bounds.slow(); skipping++) {
            if ((skipping & ~bounds.slow()) == 0 && maySkip(world, skipping)) {
                int skips = skipping;
                move(world, moves, () -> "a tick" + skippers(skips), w -> tick(w, skips));
            }
        }
    }

    private static String skippers(int skips) {
        var words = new StringBuilder();
        for (int i = 0; i < HOLDERS.length + VOTERS.length; i++) {
            if ((skips & 1 << i) != 0) {
                words.append(", which the clock of ")
                        .append(i < HOLDERS.length ? HOLDERS[i] : VOTERS[i - HOLDERS.length])
                        .append(" skips");
            }
        }
        return words.toString();
    }

    private boolean maySkip(LeaseWorld world, int skips) {
        for (int h = 0; h < HOLDERS.length; h++) {
            Holding holding = world.holders[h];
            boolean may = !holding.stunned && holding.isBusy() && holding.sinceSkip >= SKIP_EVERY;
            if ((skips & 1 << h) != 0 && !may) {
                return false;
            }
        }
        for (int v = 0; v < VOTERS.length; v++) {
            if ((skips & 1 << HOLDERS.length + v) != 0 && world.voters[v].sinceSkip < SKIP_EVERY) {
                return false;
            }
        }
        return true;
    }

    private void tick(LeaseWorld w, int skips) {
        for (int h = 0; h < HOLDERS.length; h++) {
            Holding holding = w.holder(h);
            boolean skip = (skips & 1 << h) != 0;
            boolean counts = holding.isBusy() && (bounds.slow() & 1 << h) != 0;
            holding.sinceSkip = skip ? 1 : counts ? Math.min(SKIP_EVERY, holding.sinceSkip + 1) : SKIP_EVERY;
            if (!skip && !holding.stunned) {
                holding.clock++;
                holding.gateUntil = holding.gateUntil > holding.clock ? holding.gateUntil : 0;
                holding.stagedUntil = holding.stagedUntil > holding.clock ? holding.stagedUntil : 0;
                if (!holding.isStill() && holding.lease.wanted() == 0 && !holding.lease.held()) {
                    steps.run(w, h, LeaseHolder.tick(holding.lease, holding.nowNs()));
                }
            }
        }
        for (int v = 0; v < VOTERS.length; v++) {
            boolean skip = (skips & 1 << HOLDERS.length + v) != 0;
            Voting voting = w.voter(v);
            voting.sinceSkip = skip ? 1 : Math.min(SKIP_EVERY, voting.sinceSkip + 1);
            voting.clock += skip ? 0 : 1;
        }
    }

    @Override
    public void key(LeaseWorld world, Key key) {
        LeaseKey.write(world, opened.contains(LeaseMutant.OLD_ROUND_COUNTS), key);
    }
}
