package io.interrex.cluster.port;

import io.interrex.cluster.format.Since;
import java.util.List;
import java.util.Set;

/**
 * What changes slowly on a member's host, looked at every few seconds only.
 *
 * @param spaces none: not known
 * @param slotsUsed connections that clients have; −1: not known
 * @param slotsMax connections that clients can have, without those that the server reserves; −1: not known
 * @param pending settings that were read and hold after a restart of the server only
 * @param closesInMs g, as it was measured at the node's start: so long the guard takes to end a server; −1: not measured, the kernel's gate
 *     cuts traffic; 0: its node is of an older release and does not say
 * @param drift settings that are not what the node's configuration file says
 * @param slots of the server, without those of members
 */
public record Vitals(
        List<Space> spaces,
        int slotsUsed,
        int slotsMax,
        @Since(value = 7, informative = true) long closesInMs,
        List<Pending> pending,
        List<Drift> drift,
        @Since(value = 7, informative = true) List<Slot> slots) {

    public static final Vitals UNKNOWN = new Vitals(List.of(), -1, -1, -1, List.of(), List.of(), List.of());

    /** @param now as the server has it, with {@code wanted} after its restart; empty where that is not known */
    public record Pending(String setting, String now, String wanted) {

        /** A standby does not run with less of these than its primary (hot_standby). */
        private static final Set<String> AS_MUCH_AS_THE_PRIMARY = Set.of(
                "max_connections",
                "max_worker_processes",
                "max_wal_senders",
                "max_prepared_transactions",
                "max_locks_per_transaction");

        /** The primary has to be restarted before its standbys. */
        public boolean lowers() {
            return AS_MUCH_AS_THE_PRIMARY.contains(setting) && number(wanted) < number(now);
        }

        private static long number(String text) {
            return text.matches("\\d{1,9}") ? Long.parseLong(text) : 0;
        }
    }

    public Vitals(List<Space> spaces, int slotsUsed, int slotsMax) {
        this(spaces, slotsUsed, slotsMax, -1, List.of(), List.of(), List.of());
    }
}
