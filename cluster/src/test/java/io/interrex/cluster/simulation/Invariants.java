package io.interrex.cluster.simulation;

/** The promises of protocol.md, judged by one who sees everything. Each throws {@link Violation} under its own name. */
final class Invariants {

    final LeaseInvariants leases;
    final HistoryInvariants history;
    final DataInvariants data;
    final EffectInvariants effects;

    Invariants(World world) {
        data = new DataInvariants(world);
        leases = new LeaseInvariants(world);
        history = new HistoryInvariants(world);
        effects = new EffectInvariants(world);
    }

    static void require(boolean holds, String invariant, java.util.function.Supplier<String> what) {
        if (!holds) {
            throw new Violation(invariant, what.get());
        }
    }
}
