package io.interrex.cluster.exhaustive;

import io.interrex.cluster.charter.Seating;
import io.interrex.cluster.exhaustive.SeatWorld.Holder;
import io.interrex.cluster.hands.HandsMessage.Ack;
import io.interrex.cluster.hands.HandsMessage.Renew;
import io.interrex.cluster.lease.Voter;
import io.interrex.cluster.lease.VoterHard;
import io.interrex.cluster.lease.VoterState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The seat of voter c goes from a disk that is lost to an empty one, while two holders ask for leases and the lost disk answers, too,
 * whenever somebody asks it. Production: {@link Voter} and {@link Seating}. Every message comes when it likes, or never; who counts
 * learns of a change when it likes.
 */
final class SeatModel implements Model<SeatWorld> {

    private static final String GROUP = "main";
    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final List<String> WORDS = List.of("a", "b", "the old disk of c", "the new disk of c");

    private static final int T = 1;
    private static final long H_NS = 2 * LeaseBounds.TICK_NS;
    private static final long W_NS = 3 * LeaseBounds.TICK_NS;
    private static final int NOTHING_LATER = 6;

    private final boolean epochs;
    private final @Nullable SeatMutant mutant;

    /** @param epochs a majority gives epoch 1 up, and x alone asks for leases; else nobody does so but y, by asking for one */
    SeatModel(boolean epochs, @Nullable SeatMutant mutant) {
        this.epochs = epochs;
        this.mutant = mutant;
    }

    private boolean has(SeatMutant hole) {
        return mutant == hole;
    }

    private static VoterState up(String name, int change, long now, long silenceNs, VoterHard hard) {
        return VoterState.started(name, change, now * LeaseBounds.TICK_NS, silenceNs, H_NS, hard);
    }

    @Override
    public SeatWorld first() {
        var idle = new Holder(0, -1, false, 0, 0);
        var voters = new ArrayList<@Nullable VoterState>();
        for (String name : NAMES) {
            // silent since long ago
            voters.add(up(name, 0, -NOTHING_LATER, 0, new VoterHard(Map.of(GROUP, 1L), 0)));
        }
        voters.add(null);
        return new SeatWorld(
                0, 0, java.util.Collections.unmodifiableList(voters), List.of(idle, idle), null, 0, 0, false);
    }

    @Override
    public void moves(SeatWorld w, Moves<SeatWorld> moves) {
        moves.to(w.at(w.now() + 1), () -> "a tick passes");
        changes(w, moves);
        for (int holder = 0; holder < (epochs ? 1 : 2); holder++) {
            holder(w, holder, moves);
        }
        for (int voter = 0; voter < 4; voter++) {
            VoterState state = w.voters().get(voter);
            if (state != null) {
                voter(w, voter, state, moves);
            }
        }
    }

    private void changes(SeatWorld w, Moves<SeatWorld> moves) {
        if (w.change() == 0) {
            moves.to(
                    has(SeatMutant.ONE_STEP)
                            ? seated(w.changed(1), 1, new VoterHard(Map.of(GROUP, 2L), 2000))
                            : w.changed(1),
                    () -> "the seat of c is vacated");
            return;
        }
        Seating seating = w.seating() == null ? Seating.begin(1, NAMES) : w.seating();
        if (w.change() == 1 && !has(SeatMutant.ONE_STEP)) {
            for (int voter : new int[] {SeatWorld.A, SeatWorld.B}) {
                VoterState state = known(w.voters().get(voter));
                Seating next = seating.heard(
                        NAMES.get(voter), state.voterConfig(), state.hard(), w.now() * LeaseBounds.TICK_NS);
                if (!next.equals(seating)) {
                    moves.to(w.asking(next), () -> "the empty disk hears " + WORDS.get(voter));
                }
            }
            VoterHard ready = ready(seating, w.now());
            if (ready != null) {
                moves.to(seated(w.changed(2).asking(null), 2, ready), () -> "the new disk of c takes the seat");
            }
        }
        if (epochs && w.raisedBy() < w.change()) {
            moves.to(w.counted(w.raisedBy() + 1, 0), () -> "the supervisor learns of a change");
        }
    }

    private @Nullable VoterHard ready(Seating seating, long now) {
        if (has(SeatMutant.SETTLED_SKIPPED) && seating.answers().size() == 1) {
            return new VoterHard(Map.of(GROUP, 2L), 2000);
        }
        long silenceNs = has(SeatMutant.NO_WAIT) ? -100 * W_NS : W_NS;
        Seating asked = has(SeatMutant.NO_WAIT)
                ? new Seating(seating.configuration(), NAMES, forgetful(seating), seating.settledNs())
                : seating;
        return asked.judge(VoterHard.NEW, silenceNs, now * LeaseBounds.TICK_NS)
                        instanceof Seating.Verdict.Ready(var hard)
                ? hard
                : null;
    }

    /** What they know of promises is how long they may run. */
    private static Map<String, VoterHard> forgetful(Seating seating) {
        var all = new java.util.TreeMap<String, VoterHard>();
        seating.answers().forEach((voter, hard) -> all.put(voter, new VoterHard(hard.maxEpochs(), 0)));
        return all;
    }

    private SeatWorld seated(SeatWorld w, int change, VoterHard hard) {
        VoterHard kept = has(SeatMutant.NO_EPOCHS) ? VoterHard.NEW : hard;
        long silenceNs =
                has(SeatMutant.NO_WAIT) || has(SeatMutant.SETTLED_SKIPPED) || has(SeatMutant.ONE_STEP) ? 0 : W_NS;
        VoterHard counted = silenceNs == 0 ? new VoterHard(kept.maxEpochs(), 0) : kept;
        return w.with(SeatWorld.NEW, up("c", change, w.now(), silenceNs, counted));
    }

    private static void holder(SeatWorld w, int holder, Moves<SeatWorld> moves) {
        Holder h = w.holders().get(holder);
        String name = holder == 0 ? "x" : "y";
        if (h.startedAt() != w.now() || h.acks() != 0) {
            moves.to(
                    w.with(holder, new Holder(h.knows(), w.now(), w.revoked(), 0, h.until())),
                    () -> name + " begins a round by change " + h.knows());
        }
        if (h.knows() < w.change()) {
            moves.to(
                    w.with(holder, new Holder(h.knows() + 1, -1, false, 0, h.until())),
                    () -> name + " learns of a change");
        }
    }

    private void voter(SeatWorld w, int voter, VoterState state, Moves<SeatWorld> moves) {
        // the old disk hears of nothing
        if (state.voterConfig() < w.change() && voter < SeatWorld.OLD) {
            moves.to(
                    w.with(voter, Voter.configured(state, state.voterConfig() + 1)),
                    () -> WORDS.get(voter) + " grants by the next change");
        }
        for (int holder = 0; holder < 2; holder++) {
            int to = holder;
            if (w.holders().get(holder).startedAt() >= 0) {
                moves.attempt(
                        () -> WORDS.get(voter) + " hears " + (to == 0 ? "x" : "y"), () -> heard(w, voter, state, to));
            }
        }
        if (!epochs) {
            return;
        }
        if (state.vote(GROUP).maxEpochSeen() < 2) {
            moves.to(w.with(voter, Voter.raise(state, GROUP, 2).state()), () -> WORDS.get(voter) + " raises its epoch");
        } else if (state.voterConfig() == w.raisedBy() && (w.raised() & SeatWorld.bit(voter)) == 0 && !w.revoked()) {
            moves.to(
                    w.counted(w.raisedBy(), w.raised() | SeatWorld.bit(voter)),
                    () -> "the supervisor hears the epoch of " + WORDS.get(voter));
        }
    }

    private SeatWorld heard(SeatWorld w, int voter, VoterState state, int holder) {
        Holder h = w.holders().get(holder);
        int by = has(SeatMutant.ANY_NUMBER) ? state.voterConfig() : h.knows();
        var renew = new Renew(GROUP, holder == 0 ? "x" : "y", 1, holder + 1, h.startedAt(), by, 0, H_NS / 1_000_000);
        Voter.Step step = Voter.renew(state, renew, w.now() * LeaseBounds.TICK_NS);
        SeatWorld next = w.with(voter, step.state());
        int acks = h.acks() | SeatWorld.bit(voter);
        if (!(step.reply() instanceof Ack) || acks == h.acks()) {
            return next;
        }
        long until = h.startedAt() + T;
        if (!SeatWorld.majority(acks) || until <= w.now()) {
            return next.with(holder, new Holder(h.knows(), h.startedAt(), h.afterRevoked(), acks, h.until()));
        }
        Broken.unless(
                w.holders().get(1 - holder).until() <= w.now(),
                "I2 OneMajorityLease",
                () -> "x and y both have a lease, until %d and %d"
                        .formatted(w.holders().get(1 - holder).until(), until));
        Broken.unless(
                holder == 1 || !h.afterRevoked(),
                "I16 EpochMonotonic",
                () -> "x has a lease of epoch 1 that it asked for when a majority had raised its epoch to 2");
        return next.with(
                holder, new Holder(h.knows(), h.startedAt(), h.afterRevoked(), acks, Math.max(h.until(), until)));
    }

    private static VoterState known(@Nullable VoterState state) {
        if (state == null) {
            throw new IllegalStateException("a and b are there from the first");
        }
        return state;
    }

    /** Times count from now, and only as far as anything looks at them. */
    @Override
    public void key(SeatWorld w, Key key) {
        long nowNs = w.now() * LeaseBounds.TICK_NS;
        key.add(w.change());
        for (VoterState voter : w.voters()) {
            if (voter == null) {
                key.add(-1);
                continue;
            }
            VoterState.Vote vote = voter.vote(GROUP);
            VoterState.Promise promise = vote.promise();
            key.add(Arrays.hashCode(new long[] {
                voter.voterConfig(),
                Math.clamp(voter.silentUntilNs() - nowNs, 0, W_NS),
                vote.maxEpochSeen(),
                voter.longestPromiseNs(),
                promise == null ? 0 : promise.member().charAt(0),
                promise == null ? 0 : Math.clamp(promise.untilNs() - nowNs, 0, H_NS)
            }));
        }
        for (Holder holder : w.holders()) {
            boolean dead = holder.startedAt() < 0 || holder.startedAt() + T <= w.now();
            key.add(holder.knows());
            key.add(dead ? -1 : w.now() - holder.startedAt());
            key.add(dead ? 0 : holder.acks() * 2L + (holder.afterRevoked() ? 1 : 0));
            key.add(Math.clamp(holder.until() - w.now(), 0, T));
        }
        Seating seating = w.seating();
        key.add(seating == null ? -1 : seating.answers().hashCode());
        key.add(
                seating == null
                        ? -1
                        : seating.answers().size() < 2 ? 0 : Math.clamp(nowNs - seating.settledNs(), 0, W_NS));
        key.add(w.raisedBy() * 16L + w.raised() * 2L + (w.revoked() ? 1 : 0));
    }
}
