package io.interrex.cluster.port;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a person asks of a group. The one who asks chooses the operation's id, so that asking again after an unknown answer
 * is harmless.
 */
public sealed interface Order {

    String group();

    /** Names the order: sent again with the same id it is the same order. */
    UUID operation();

    /** Who asks, as it is recorded. */
    String actor();

    /** @param target null: the best standby; @param loseSlots logical slots may lose their positions */
    record Switchover(
            String group,
            UUID operation,
            String actor,
            @Nullable String target,
            boolean loseSlots) implements Order {}

    /**
     * Let another member take over later.
     *
     * @param target null: the standby that is best then
     * @param within how long after {@code at} it may still begin
     * @param loseSlots logical slots may lose their positions
     */
    record ScheduledSwitchover(
            String group,
            UUID operation,
            String actor,
            @Nullable String target,
            Instant at,
            Duration within,
            boolean loseSlots)
            implements Order {}

    /** Forget the switchover that is scheduled. */
    record CancelSwitchover(String group, UUID operation, String actor) implements Order {}

    /** Replace the primary now, well or not. @param target null: the best candidate */
    record Failover(
            String group,
            UUID operation,
            String actor,
            @Nullable String target) implements Order {}

    /** Throw the data of that standby away and copy them anew. */
    record Reinit(String group, UUID operation, String actor, String member) implements Order {}

    /**
     * Start servers again, one after the other.
     *
     * @param member null: all
     * @param pendingOnly only where a setting waits for it
     * @param inPlace the primary, too, goes down and comes back; else another member takes over before
     * @param loseSlots logical slots may lose their positions by that
     */
    record Restart(
            String group,
            UUID operation,
            String actor,
            @Nullable String member,
            boolean pendingOnly,
            boolean inPlace,
            boolean loseSlots)
            implements Order {}

    /**
     * Promote a member where a failover is held, and accept what is lost.
     *
     * @param typedGroup as the person typed it, with {@code typedEpoch}; both have to be right
     * @param dryRun only say what would come of it; nothing is recorded
     */
    record ForcePromotion(
            String group,
            UUID operation,
            String actor,
            String reason,
            String target,
            String typedGroup,
            long typedEpoch,
            boolean dryRun)
            implements Order {}

    /** Leave that member alone for so long, counted by the wall clock of the node that takes the order. */
    record Maintenance(String group, UUID operation, String actor, String reason, String member, Duration length)
            implements Order {}

    /** The member is to be one like any other again. */
    record MaintenanceEnd(String group, UUID operation, String actor, String member) implements Order {}

    /** Give the emptied disk of that voter its seat back. */
    record Readmission(String group, UUID operation, String actor, String reason, String voter) implements Order {}

    /** @param length how long, counted by the wall clock of the node that takes the order; null: until a person resumes */
    record Pause(
            String group,
            UUID operation,
            String actor,
            String reason,
            @Nullable Duration length) implements Order {}

    record Resume(String group, UUID operation, String actor, String reason) implements Order {}

    /** As it is called in commands, paths and events. */
    default String word() {
        return switch (this) {
            case Switchover s -> "switchover";
            case ScheduledSwitchover s -> "scheduled switchover";
            case CancelSwitchover c -> "cancel of a switchover";
            case Failover f -> "failover";
            case Reinit r -> "reinit";
            case Restart r -> "restart";
            case ForcePromotion f -> "force-promote";
            case Readmission r -> "readmission of a voter";
            case Maintenance m -> "maintenance";
            case MaintenanceEnd m -> "end of a maintenance";
            case Pause p -> "pause";
            case Resume r -> "resume";
        };
    }
}
