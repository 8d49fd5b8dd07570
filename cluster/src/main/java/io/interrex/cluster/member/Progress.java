package io.interrex.cluster.member;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.port.Database.Position;
import io.interrex.cluster.port.Database.Promoted;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.DatabaseStatus.Process;
import java.util.Collections;
import java.util.Objects;
import java.util.SortedSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What an agent remembers of its own steps; each method gives a changed copy. Soft: a restart does them again. Times are monotonic. */
public final class Progress {
    public static final Progress NONE = new Progress();

    /** The epoch for which {@link #detached} was frozen. */
    private long detachedEpoch = 0;
    /** Position of a member that takes no WAL. */
    private @Nullable Position detached = null;
    /** The epoch for which {@link #promoted} was reported. */
    private long promotedEpoch = 0;

    private @Nullable Promoted promoted = null;
    /** The epoch whose marker was written at {@link #markerLsn}. */
    private long markerEpoch = 0;

    private Lsn markerLsn = Lsn.ZERO;
    /** The commit rule that was proven at {@link #appliedLsn}. */
    private @Nullable SyncSet applied = null;

    private Lsn appliedLsn = Lsn.ZERO;
    /** The run of the server whose end of recovery is {@link #barrierLsn}. */
    private long barrierStartMs = 0;

    private Lsn barrierLsn = Lsn.ZERO;
    /** The position that {@link #flushedBy} was asked about. */
    private Lsn flushedLsn = Lsn.ZERO;

    private SortedSet<String> flushedBy = Collections.emptySortedSet();
    /** Members whose slots exist on this server. */
    private SortedSet<String> slots = Collections.emptySortedSet();

    private Admission admission = Admission.NONE;
    /** Since when this standby receives nothing though it should; −1: it does. */
    private long notReceivingSinceMs = -1;

    private Looks looks = Looks.NONE;
    /** Since when the server has been starting or silent; −1: it is not. */
    private long unwellSinceMs = -1;
    /** The upstream that the running server was started or told to follow, null for none. */
    private @Nullable String startedFrom = null;
    /** The operation for which a checkpoint was made. */
    private @Nullable UUID checkpointed = null;
    /** Since when poolers are asked to hold. */
    private Asking asking = Asking.NONE;
    /** End of the shutdown checkpoint of our own clean stop. */
    private @Nullable Lsn cleanStop = null;
    /** When that was. */
    private long cleanStopMs = 0;
    /** The guard has seen that no process of the server is left, and none was started since. */
    private boolean emptied = false;
    /** The lease ran out while the server was out of recovery. */
    private boolean leaseLost = false;
    /** Why processes of its server are known to outlive their SIGKILL; null: they do not. */
    private @Nullable String unkillable = null;

    private Rebuilds rebuilds = Rebuilds.NONE;
    private Crashes crashes = Crashes.NONE;

    private Progress() {}

    private Progress changed(Consumer<Progress> change) {
        var copy = new Progress();
        copy.detachedEpoch = detachedEpoch;
        copy.detached = detached;
        copy.promotedEpoch = promotedEpoch;
        copy.promoted = promoted;
        copy.markerEpoch = markerEpoch;
        copy.markerLsn = markerLsn;
        copy.applied = applied;
        copy.appliedLsn = appliedLsn;
        copy.barrierStartMs = barrierStartMs;
        copy.barrierLsn = barrierLsn;
        copy.flushedLsn = flushedLsn;
        copy.flushedBy = flushedBy;
        copy.slots = slots;
        copy.admission = admission;
        copy.notReceivingSinceMs = notReceivingSinceMs;
        copy.unwellSinceMs = unwellSinceMs;
        copy.looks = looks;
        copy.startedFrom = startedFrom;
        copy.checkpointed = checkpointed;
        copy.asking = asking;
        copy.cleanStop = cleanStop;
        copy.cleanStopMs = cleanStopMs;
        copy.emptied = emptied;
        copy.leaseLost = leaseLost;
        copy.unkillable = unkillable;
        copy.rebuilds = rebuilds;
        copy.crashes = crashes;
        change.accept(copy);
        return copy;
    }

    /** The server was started or stopped: what was true of its last run is forgotten. */
    private void forgetRun() {
        detachedEpoch = 0;
        detached = null;
        promotedEpoch = 0;
        promoted = null;
        markerEpoch = 0;
        markerLsn = Lsn.ZERO;
        applied = null;
        appliedLsn = Lsn.ZERO;
        barrierStartMs = 0;
        barrierLsn = Lsn.ZERO;
        flushedLsn = Lsn.ZERO;
        flushedBy = Collections.emptySortedSet();
        slots = Collections.emptySortedSet();
        admission = admission.ended();
        notReceivingSinceMs = -1;
        unwellSinceMs = -1;
        looks = Looks.NONE;
        startedFrom = null;
    }

    /** @param evidence which process, and where it waits; null: the guard has seen them end */
    public Progress unkillable(@Nullable String evidence) {
        return Objects.equals(evidence, unkillable) ? this : changed(p -> p.unkillable = evidence);
    }

    Progress starting() {
        return changed(p -> {
            p.emptied = false;
            p.cleanStop = null;
            p.rebuilds = rebuilds.begun();
        });
    }

    public Progress emptied() {
        return changed(p -> p.emptied = true);
    }

    public Progress startedAs(@Nullable String upstream) {
        return changed(p -> {
            p.forgetRun();
            p.startedFrom = upstream;
            p.rebuilds = rebuilds.started();
            p.cleanStop = null;
        });
    }

    public Progress stopped() {
        return changed(Progress::forgetRun);
    }

    public Progress stoppedCleanlyAt(Lsn lsn, long nowMs) {
        return changed(p -> {
            p.forgetRun();
            p.cleanStop = lsn;
            p.cleanStopMs = nowMs;
        });
    }

    /** @param hung it was killed because it did not answer, or could not write; else it ended by itself */
    public Progress died(long nowMs, boolean hung, String how) {
        return changed(p -> {
            p.forgetRun();
            p.crashes = crashes.died(nowMs, hung, how);
            p.rebuilds = rebuilds.died();
        });
    }

    public Progress remembering(CrashHistory history) {
        return changed(p -> p.crashes = Crashes.remembered(history));
    }

    public Progress detachedAt(long epoch, Position position) {
        return changed(p -> {
            p.detachedEpoch = epoch;
            p.detached = position;
            p.startedFrom = null;
        });
    }

    /** It may take WAL again: where it stood is no longer where it stands. */
    Progress moving() {
        return changed(p -> {
            p.detachedEpoch = 0;
            p.detached = null;
        });
    }

    public Progress following(String upstream) {
        return moving().changed(p -> {
            p.startedFrom = upstream;
            p.notReceivingSinceMs = -1;
            p.rebuilds = rebuilds.followed();
        });
    }

    public Progress promotedAs(long epoch, Promoted result) {
        return changed(p -> {
            p.promotedEpoch = epoch;
            p.promoted = result;
            p.detachedEpoch = 0;
            p.detached = null;
        });
    }

    public Progress marked(long epoch, Lsn lsn) {
        return changed(p -> {
            p.markerEpoch = epoch;
            p.markerLsn = lsn;
        });
    }

    public Progress syncSetApplied(SyncSet syncSet, Lsn lsn) {
        return changed(p -> {
            p.applied = syncSet;
            p.appliedLsn = lsn;
        });
    }

    public Progress flushed(Lsn lsn, SortedSet<String> by) {
        return changed(p -> {
            p.flushedLsn = lsn;
            p.flushedBy = by;
        });
    }

    public Progress slotsFor(SortedSet<String> members) {
        return changed(p -> p.slots = members);
    }

    /** Clients are sent away: what was admitted before, or is being admitted, is void. */
    public Progress sentAway() {
        return changed(p -> p.admission = admission.closed());
    }

    Progress withoutClients() {
        return changed(p -> p.admission = admission.ended());
    }

    Progress admitted(int after, boolean readOnly) {
        return changed(p -> p.admission = admission.opened(after, readOnly));
    }

    public Progress checkpointedFor(UUID operation) {
        return changed(p -> p.checkpointed = operation);
    }

    public Progress asking(UUID operation, long nowMs) {
        return changed(p -> p.asking = asking.asked(operation, nowMs));
    }

    public Progress lease(boolean lost) {
        return lost == leaseLost ? this : changed(p -> p.leaseLost = lost);
    }

    /** @param order the one that was carried out by that, null for none */
    public Progress rebuilt(@Nullable String from, @Nullable UUID order) {
        return changed(p -> {
            p.forgetRun();
            p.rebuilds = rebuilds.done(from, order);
        });
    }

    Progress rebuilding(UnaryOperator<Rebuilds> how) {
        return changed(p -> p.rebuilds = how.apply(rebuilds));
    }

    /** Folds in what a look at the server showed. */
    public Progress observed(DatabaseStatus db, long nowMs) {
        return changed(p -> {
            p.looks = looks.again(db, nowMs);
            boolean dry = db.process() == Process.STANDBY && db.upstream() != null && !db.receiving();
            p.notReceivingSinceMs = !dry ? -1 : notReceivingSinceMs < 0 ? nowMs : notReceivingSinceMs;
            p.rebuilds = db.receiving() ? rebuilds.received() : rebuilds;
            boolean unwell = db.process() == Process.STARTING || db.process() == Process.HUNG;
            p.crashes = crashes.looked(db.process(), nowMs);
            p.unwellSinceMs = !unwell ? -1 : unwellSinceMs < 0 ? nowMs : unwellSinceMs;
            if (db.process() == Process.PRIMARY && db.startedAtMs() != 0 && db.startedAtMs() != barrierStartMs) {
                p.barrierStartMs = db.startedAtMs();
                p.barrierLsn = db.lsn();
            }
        });
    }

    /** The standbys that are known to have flushed {@code lsn}. */
    public SortedSet<String> flushedAt(Lsn lsn) {
        return flushedLsn.isAtLeast(lsn) && !lsn.equals(Lsn.ZERO) ? flushedBy : Collections.emptySortedSet();
    }

    public Crashes crashes() {
        return crashes;
    }

    public long detachedEpoch() {
        return detachedEpoch;
    }

    public @Nullable Position detached() {
        return detached;
    }

    public long promotedEpoch() {
        return promotedEpoch;
    }

    public @Nullable Promoted promoted() {
        return promoted;
    }

    public long markerEpoch() {
        return markerEpoch;
    }

    public Lsn markerLsn() {
        return markerLsn;
    }

    public @Nullable SyncSet applied() {
        return applied;
    }

    public Lsn appliedLsn() {
        return appliedLsn;
    }

    public long barrierStartMs() {
        return barrierStartMs;
    }

    public Lsn barrierLsn() {
        return barrierLsn;
    }

    public SortedSet<String> slots() {
        return slots;
    }

    public long notReceivingSinceMs() {
        return notReceivingSinceMs;
    }

    Looks looks() {
        return looks;
    }

    Admission admission() {
        return admission;
    }

    public long unwellSinceMs() {
        return unwellSinceMs;
    }

    public @Nullable String startedFrom() {
        return startedFrom;
    }

    public @Nullable UUID checkpointed() {
        return checkpointed;
    }

    Asking asking() {
        return asking;
    }

    public @Nullable Lsn cleanStop() {
        return cleanStop;
    }

    public long cleanStopMs() {
        return cleanStopMs;
    }

    public boolean isEmptied() {
        return emptied;
    }

    public boolean leaseLost() {
        return leaseLost;
    }

    public @Nullable String unkillable() {
        return unkillable;
    }

    public Rebuilds rebuilds() {
        return rebuilds;
    }
}
