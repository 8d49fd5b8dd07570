package io.interrex.cluster.member;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.port.Database.Upstream;
import java.util.SortedSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One thing that an agent does next. Idempotent; its outcome is folded into {@link Progress}. */
public sealed interface Step {

    /** initdb, with Interrex's roles and schema; only the first member of a group, once. */
    record Initialise() implements Step {}

    /** Start in recovery; without an upstream it takes no WAL. */
    record StartStandby(@Nullable Upstream upstream) implements Step {}

    /** Start out of recovery, gate closed, with that commit rule from the first transaction. */
    record StartPrimary(SyncSet syncSet) implements Step {}

    /** A running standby takes its WAL from there from now on. */
    record Follow(Upstream upstream) implements Step {}

    /** Take no more WAL, durably, and know how far it is: the standby's part of a revocation. */
    record Detach(long epoch) implements Step {}

    /** Leave recovery, with that commit rule from the first transaction. */
    record Promote(long epoch, SyncSet syncSet) implements Step {}

    /** Commit the epoch's marker into the database itself; lineages are compared by its uuid. */
    record WriteMarker(long epoch, UUID uuid) implements Step {}

    /** Put the commit rule in force, and prove that every sender uses it. */
    record ApplySyncSet(SyncSet syncSet) implements Step {}

    /** Looks which members have flushed that far; asked again until enough have. */
    record CheckFlushed(Lsn lsn, SortedSet<String> members) implements Step {}

    /** Keep WAL for these members and for no others. */
    record EnsureSlots(SortedSet<String> members) implements Step {}

    /** Before a switchover, so that the clean stop after it is short. */
    record Checkpoint(UUID operation) implements Step {}

    /** Ask the group's poolers to let transactions end and new ones wait, for a switchover. */
    record HoldPoolers(UUID operation) implements Step {
        /** Transactions that are open have so long to end. */
        public static final long LIMIT_MS = 1000;
    }

    /**
     * Let pg_hba.conf admit clients; the gate still decides.
     *
     * @param after how often clients were sent away before: done late, it does not say that they are in
     * @param readOnly their transactions only read, unless they say otherwise
     */
    record Admit(int after, boolean readOnly) implements Step {}

    /** A clean stop with a shutdown checkpoint, gate closed before. */
    record StopClean(String why) implements Step {}

    /** pg_rewind of a stopped, diverged member; its divergent WAL is archived first. */
    record Rewind(Upstream upstream) implements Step {}

    /**
     * A new copy of the database; the old data are kept aside until it is whole.
     *
     * @param upstream the primary: what the member had is compared with it
     * @param source whose data are copied, the primary's or a standby's of it
     * @param order that it carries out, null for none
     */
    record Clone(
            Upstream upstream, Upstream source, @Nullable UUID order) implements Step {
        public Clone(Upstream upstream) {
            this(upstream, upstream, null);
        }
    }

    /**
     * Close the gate and kill the whole tree; goes before anything that runs.
     *
     * @param hung it is killed because it does not answer, which counts as a crash
     */
    record Kill(String why, boolean hung) implements Step {
        Kill(String why) {
            this(why, false);
        }
    }

    /** Tell all voters that the lease of that epoch is given back; the promise never to renew it is on disk. */
    record Release(long epoch) implements Step {}

    /** Tell the log something that only this member's agent knows. */
    record Submit(GroupCommand command) implements Step {}
}
