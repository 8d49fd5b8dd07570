package io.interrex.actors.agent;

import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.member.CrashHistory;
import io.interrex.cluster.member.MemberHard;
import io.interrex.cluster.member.Progress;
import io.interrex.cluster.port.HardStore;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps on disk what an agent must not forget: its promises, and the deaths of its server. No promise hangs on the latter: what cannot
 * be read or written of them is told, and the agent goes on with what it knows.
 */
final class AgentPast {

    private static final Logger LOG = LoggerFactory.getLogger(AgentPast.class);

    /** So much running time a node's death may lose. */
    private static final long WORTH_MS = 60_000;

    /** A disk that does not take it is asked again, by the same thread that everything else of a member waits for. */
    private static final long AGAIN_NS = 5_000_000_000L;

    private final HardStore store;
    private final String group;
    private final AgentUndead undead;
    private CrashHistory written;
    private @Nullable CrashHistory failed;
    private long failedNs;

    AgentPast(HardStore store, AgentSettings settings, LateReports reports) {
        this.store = store;
        this.group = settings.group();
        this.undead = new AgentUndead(reports, settings.member());
        this.written = switch (store.loadCrashes(group)) {
            case Outcome.Done<CrashHistory>(var known) -> known;
            case Outcome.Refused<CrashHistory>(var why) -> unread(why);
            case Outcome.Unknown<CrashHistory>(var why) -> unread(why);
        };
    }

    private static CrashHistory unread(String why) {
        LOG.warn("how often the server died is not known, its restarts are counted anew: {}", why);
        return CrashHistory.NONE;
    }

    CrashHistory known() {
        return written;
    }

    /** Null: it is on disk. */
    @Nullable
    String promised(MemberHard hard) {
        Outcome<Nothing> outcome = store.saveMember(group, hard);
        return outcome instanceof Outcome.Done<Nothing> ? null : "the agent's state cannot be written: " + outcome;
    }

    /** Gives {@code now} back. */
    Progress told(Progress before, Progress now, GroupCommand.Stamp stamp) {
        return undead.told(before, now, stamp);
    }

    /** Before anything is done about a death. */
    void keep(CrashHistory history, long nowNs) {
        CrashHistory before = failed;
        boolean waits = before != null && history.crashes().equals(before.crashes()) && nowNs - failedNs < AGAIN_NS;
        if (waits || !history.isNews(written, WORTH_MS)) {
            return;
        }
        Outcome<Nothing> outcome = store.saveCrashes(group, history);
        if (outcome instanceof Outcome.Done<Nothing>) {
            written = history;
            failed = null;
            return;
        }
        if (before == null) {
            LOG.warn("how often the server died cannot be written: a restart of this node will forget it: {}", outcome);
        }
        failed = history;
        failedNs = nowNs;
    }
}
