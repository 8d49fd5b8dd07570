package io.interrex.cluster.settings;

import io.interrex.cluster.format.Since;
import java.time.Duration;
import java.util.List;

/**
 * How a group is kept, as recorded in its log: decisions read these and nothing else.
 *
 * @param id names this set of values, by a digest of them ({@link #identified}); every decision cites it
 * @param synchronous commits wait for standbys (promise A); otherwise promise C
 * @param k how many standbys must hold a commit
 * @param onLastStandbyLoss what happens when no synchronous standby is left
 * @param strict never acknowledge with fewer than k
 * @param maxLagBytes asynchronous mode: the most that a failover may lose; also the limit for read traffic
 * @param failoverExpires a failover that did not finish in this time is begun anew with the next epoch
 * @param restartsMax crashes within {@code restartWindow} after which a crashed primary is replaced, not restarted
 * @param failoversMax completed failovers within {@code failoverWindow} after which only a person starts one
 * @param disk what is done before a disk is full
 * @param powerOff there is a hook that powers hosts off: nobody is promoted before the old primary is proven dead
 * @param slots that are kept for others than members
 */
public record GroupSettings(
        String id,
        boolean synchronous,
        int k,
        OnLastStandbyLoss onLastStandbyLoss,
        boolean strict,
        long maxLagBytes,
        Timings timings,
        Duration failoverExpires,
        int restartsMax,
        Duration restartWindow,
        int failoversMax,
        Duration failoverWindow,
        DiskPolicy disk,
        boolean powerOff,
        @Since(7) List<PermanentSlot> slots) {

    /** Without slots for others than members. */
    public GroupSettings(
            String id,
            boolean synchronous,
            int k,
            OnLastStandbyLoss onLastStandbyLoss,
            boolean strict,
            long maxLagBytes,
            Timings timings,
            Duration failoverExpires,
            int restartsMax,
            Duration restartWindow,
            int failoversMax,
            Duration failoverWindow,
            DiskPolicy disk,
            boolean powerOff) {
        this(
                id,
                synchronous,
                k,
                onLastStandbyLoss,
                strict,
                maxLagBytes,
                timings,
                failoverExpires,
                restartsMax,
                restartWindow,
                failoversMax,
                failoverWindow,
                disk,
                powerOff,
                List.of());
    }

    /** What happens to writes when no synchronous standby is left. */
    public enum OnLastStandbyLoss {
        /** Writes go on without a copy, with an alarm. */
        DEGRADE,
        /** Writes wait. */
        WAIT
    }

    /** Synchronous, k = 1, degrading: what holds where the configuration says nothing. */
    public static GroupSettings defaults(Timings timings) {
        return new GroupSettings(
                        "",
                        true,
                        1,
                        OnLastStandbyLoss.DEGRADE,
                        false,
                        16L << 20,
                        timings,
                        Duration.ofSeconds(15),
                        3,
                        Duration.ofMinutes(10),
                        5,
                        Duration.ofHours(1),
                        DiskPolicy.DEFAULT,
                        false)
                .identified();
    }

    /** The same with the id of its values: the same values have the same id on every node, in every run. */
    public GroupSettings identified() {
        String values = withId("").toString();
        // without slots it is what releases that knew none called it
        return withId("s-" + Digest.of(slots.isEmpty() ? values.replace(", slots=[]", "") : values));
    }

    private GroupSettings withId(String name) {
        return with(name, powerOff, slots);
    }

    public GroupSettings withPowerOff(boolean can) {
        return with(id, can, slots);
    }

    public GroupSettings withSlots(List<PermanentSlot> kept) {
        return with(id, powerOff, List.copyOf(kept));
    }

    /** Those whose positions only the primary has. */
    public List<PermanentSlot> logicalSlots() {
        return slots.stream().filter(PermanentSlot::logical).toList();
    }

    private GroupSettings with(String name, boolean can, List<PermanentSlot> kept) {
        return new GroupSettings(
                name,
                synchronous,
                k,
                onLastStandbyLoss,
                strict,
                maxLagBytes,
                timings,
                failoverExpires,
                restartsMax,
                restartWindow,
                failoversMax,
                failoverWindow,
                disk,
                can,
                kept);
    }
}
