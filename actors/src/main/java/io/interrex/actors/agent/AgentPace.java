package io.interrex.actors.agent;

import io.interrex.cluster.member.Step;
import io.interrex.cluster.settings.Timings;
import java.util.HashMap;
import java.util.Map;

/** Says when an agent looks, probes, tells its peers, and tries a step again. All times are monotonic, in ns. */
final class AgentPace {

    private final long renewNs;
    private final Map<Class<? extends Step>, Long> finished = new HashMap<>();
    private final Map<Class<? extends Step>, Step> last = new HashMap<>();
    private long lookedNs;
    private long toldNs;
    private long readGateNs;
    private boolean probing;
    private boolean probePending;
    private long probeOkNs;
    private long probeStartNs;
    private long sequence;

    AgentPace(Timings timings) {
        renewNs = timings.renewEvery().toNanos();
    }

    static long nowMs() {
        return System.nanoTime() / 1_000_000;
    }

    /** Every r while nothing moves, with every tick while something does. */
    boolean lookDue(long now, boolean moving) {
        if (!moving && now - lookedNs < renewNs) {
            return false;
        }
        lookedNs = now;
        return true;
    }

    /** Every r; with every tick while a switchover waits for what its target has. */
    boolean statusDue(long now, boolean switching) {
        if (!switching && now - toldNs < renewNs) {
            return false;
        }
        toldNs = now;
        return true;
    }

    boolean readGateDue(long now) {
        if (now - readGateNs < renewNs) {
            return false;
        }
        readGateNs = now;
        return true;
    }

    /** One probe at a time, every r, while the gate is open for writes. */
    boolean probeDue(long now, boolean gateOpen) {
        if (!gateOpen) {
            probing = false;
            return false;
        }
        if (!probing) {
            probing = true;
            probeOkNs = now;
        }
        if (probePending || now - probeStartNs < renewNs) {
            return false;
        }
        probePending = true;
        probeStartNs = now;
        return true;
    }

    void probed(boolean ok, long startedNs) {
        probePending = false;
        if (ok) {
            probeOkNs = startedNs;
        }
    }

    /** The age that a write check has now; −1 while none runs. */
    long writeProbeAgeMs(long now) {
        return probing ? (now - probeOkNs) / 1_000_000 : -1;
    }

    void gateMoved(long now) {
        probeOkNs = now;
    }

    void finished(Step step, long now) {
        finished.put(step.getClass(), now);
        last.put(step.getClass(), step);
    }

    /** A step of the same kind is not repeated at once: it would find what it found a moment ago. */
    boolean mayStart(Step step, long now) {
        Long at = finished.get(step.getClass());
        boolean changed = !step.equals(last.get(step.getClass())) && !(step instanceof Step.Submit);
        return at == null || changed || now - at >= pauseNs(step);
    }

    private long pauseNs(Step step) {
        return switch (step) {
            case Step.CheckFlushed s -> 10_000_000L;
            case Step.Kill s -> 20_000_000L;
            case Step.Promote s -> 20_000_000L;
            case Step.StartPrimary s -> 50_000_000L;
            case Step.Submit s -> Math.min(renewNs, 100_000_000L);
            case Step.Release s -> renewNs;
            case Step.Initialise s -> 5 * renewNs;
            case Step.StartStandby s -> renewNs;
            case Step.Follow s -> renewNs;
            case Step.Detach s -> 50_000_000L;
            case Step.WriteMarker s -> 50_000_000L;
            case Step.ApplySyncSet s -> renewNs;
            case Step.EnsureSlots s -> renewNs;
            case Step.Checkpoint s -> renewNs;
            case Step.Admit s -> renewNs;
            case Step.StopClean s -> renewNs;
            case Step.Rewind s -> 5 * renewNs;
            case Step.Clone s -> 10 * renewNs;
        };
    }

    /** Whether the server has to be looked at again at once after such a step. */
    static boolean changesServer(Step step) {
        return switch (step) {
            case Step.Submit s -> false;
            case Step.Release s -> false;
            case Step.CheckFlushed s -> false;
            case Step.Checkpoint s -> false;
            case Step.Admit s -> false;
            case Step.EnsureSlots s -> false;
            case Step.WriteMarker s -> false;
            case Step.Initialise s -> true;
            case Step.StartStandby s -> true;
            case Step.StartPrimary s -> true;
            case Step.Follow s -> true;
            case Step.Detach s -> true;
            case Step.Promote s -> true;
            case Step.ApplySyncSet s -> true;
            case Step.StopClean s -> true;
            case Step.Rewind s -> true;
            case Step.Clone s -> true;
            case Step.Kill s -> true;
        };
    }

    long nextSequence() {
        return ++sequence;
    }
}
