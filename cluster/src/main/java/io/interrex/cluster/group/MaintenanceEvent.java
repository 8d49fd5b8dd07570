package io.interrex.cluster.group;

import io.interrex.cluster.format.Since;
import java.util.UUID;

/** What is recorded of members in maintenance. */
public sealed interface MaintenanceEvent extends GroupEvent.OfOneMember {

    /**
     * A person's order: the member is left alone until {@code untilMs}, in ms since 1970 by wall clocks, or until a person ends it.
     * Ordered again, the later one holds.
     */
    @Since(7)
    record MaintenanceBegun(
            long epoch, RuleId rule, UUID operation, String actor, String member, String reason, long untilMs)
            implements MaintenanceEvent {}

    /** The member is one like any other again. @param actor who ended it, or the node that saw its time come */
    @Since(7)
    record MaintenanceEnded(long epoch, RuleId rule, UUID operation, String actor, String member, String why)
            implements MaintenanceEvent {}
}
