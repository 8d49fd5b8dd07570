package io.interrex.cluster.simulation;

import io.interrex.cluster.hands.RouterStatus;
import io.interrex.cluster.hands.RouterStatus.Pooler;
import java.util.Collections;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A pooler beside the group, in one schedule of eight: asked to hold it does, or a transaction does not end, or it is silent, or
 * it takes its time. Its chances are its own, so that the other schedules stay what they were.
 */
final class EdgePooler {
    private static final long MS = 1_000_000;
    private static final int ONE_IN = 8;
    private static final long HOLD_FOR_NS = 3_000 * MS;

    private final World world;
    private final Random chance;
    private final boolean there;
    private Pooler says = Pooler.IDLE;
    private long holds;

    EdgePooler(World world, long seed) {
        this.world = world;
        chance = new Random(seed * 0x9E3779B97F4A7C15L);
        there = chance.nextInt(ONE_IN) == 0;
    }

    /** As the agents hear it. */
    SortedMap<String, RouterStatus.Pooler> heard() {
        return there ? new TreeMap<>(Collections.singletonMap("edge/pooler", says)) : Collections.emptySortedMap();
    }

    /** Asked again and again; some of it is lost. */
    void asked(UUID operation) {
        boolean lost = chance.nextInt(4) == 0;
        if (!there || lost || operation.equals(says.operation())) {
            return;
        }
        says = new Pooler(operation, false, "");
        long hold = ++holds;
        int kind = chance.nextInt(6);
        if (kind == 0) {
            return;
        }
        Pooler then =
                kind == 1 ? new Pooler(operation, false, "a transaction is open") : new Pooler(operation, true, "");
        long tookNs = (kind == 2 ? chance.nextInt(1_200) : chance.nextInt(60)) * MS;
        world.time.after(tookNs, () -> {
            if (holds == hold) {
                says = then;
            }
        });
        world.time.after(tookNs + HOLD_FOR_NS, () -> {
            if (holds == hold) {
                says = new Pooler(operation, false, "it has expired");
            }
        });
    }
}
