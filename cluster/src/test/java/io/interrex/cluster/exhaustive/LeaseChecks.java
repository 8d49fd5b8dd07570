package io.interrex.cluster.exhaustive;

import static io.interrex.cluster.exhaustive.LeaseWorld.HOLDERS;

import io.interrex.cluster.exhaustive.LeaseWorld.Holding;
import io.interrex.cluster.exhaustive.LeaseWorld.Voting;
import io.interrex.cluster.exhaustive.Model.Broken;
import io.interrex.cluster.lease.Voter;

/** I1, I2, I16 and I17 on a {@link LeaseWorld}; I3 is looked at where a gate is opened. */
final class LeaseChecks {

    private LeaseChecks() {}

    /**
     * After every move. Between the end of a stun and the loop that finds out, the gate is what it was before; the lease counts
     * from before until a round that was begun later is won. Nothing is claimed of these two until then, and all of it after.
     */
    static void state(LeaseWorld w) {
        Holding a = w.holders[0];
        Holding b = w.holders[1];
        boolean gates = !a.stunned && !b.stunned && !a.unaware && !b.unaware;
        Broken.unless(
                !gates || !a.gateIsOpen() || !b.gateIsOpen(), "I1 OneOpenGate", () -> "the gates of a and b are open");
        boolean leases = gates && !a.staleLease && !b.staleLease;
        Broken.unless(
                !leases || !a.lease.isHeld(a.nowNs()) || !b.lease.isHeld(b.nowNs()),
                "I2 OneMajorityLease",
                () -> "a holds epoch %d and b holds epoch %d".formatted(a.lease.wanted(), b.lease.wanted()));
        for (int h = 0; h < HOLDERS.length; h++) {
            Holding holding = w.holders[h];
            String name = HOLDERS[h];
            Broken.unless(
                    holding.lease.wanted() == 0 || holding.lease.wanted() == holding.promised,
                    "I16 EpochMonotonic",
                    () -> "%s holds epoch %d and promised epoch %d"
                            .formatted(name, holding.lease.wanted(), holding.promised));
        }
    }

    static void raised(Voting voting, Voter.Step step) {
        long before = voting.state.vote("main").maxEpochSeen();
        long after = step.state().vote("main").maxEpochSeen();
        Broken.unless(
                after >= before,
                "I16 EpochMonotonic",
                () -> "voter %s knew epoch %d and knows epoch %d".formatted(voting.state.voter(), before, after));
    }

    static void granted(Voting voting, long epoch) {
        Broken.unless(
                voting.clock >= voting.speaksFrom,
                "I17 SilentForW",
                () -> "voter %s grants %d ticks before W is over"
                        .formatted(voting.state.voter(), voting.speaksFrom - voting.clock));
        long known = voting.state.vote("main").maxEpochSeen();
        Broken.unless(
                epoch >= known,
                "I16 EpochMonotonic",
                () -> "voter %s grants epoch %d and knows epoch %d".formatted(voting.state.voter(), epoch, known));
        answered(voting, epoch);
    }

    /** What it says is on its disk before; and what is on its disk it knows ({@link #raised}), also after a restart. */
    static void answered(Voting voting, long epoch) {
        long onDisk = voting.disk.maxEpochs().getOrDefault("main", 0L);
        Broken.unless(
                onDisk >= epoch,
                "I16 EpochMonotonic",
                () -> "voter %s answers with epoch %d and has epoch %d on its disk"
                        .formatted(voting.state.voter(), epoch, onDisk));
    }
}
