package io.interrex.actors.agent;

import io.interrex.cluster.detection.WriteProbe;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.member.Plan;
import io.interrex.cluster.member.Step;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.settings.Timings;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says when an agent looks, probes, tells its peers, and tries a step again. All times are monotonic, in ns. */
final class AgentPace {

    private static final long REFUSED_AGAIN_MAX_NS = 60_000_000_000L;

    private final long renewNs;
    private final Map<Class<? extends Step>, Long> finished = new HashMap<>();
    private final Map<Class<? extends Step>, Step> last = new HashMap<>();
    private final Map<Class<? extends GroupCommand>, Refusal> refusals = new HashMap<>();
    private long lookedNs;
    private long movingSinceNs;
    private @Nullable Class<?> movement;
    private long toldNs;
    private boolean reading;
    private long readGateNs;
    private WriteProbe probe = WriteProbe.IDLE;
    private long sequence;

    /** What the log refused, at which version of the group, and how long it is not asked again while nothing changes. */
    private record Refusal(String matter, long version, long untilNs, long nextWaitNs) {
        boolean says(GroupCommand command, long versionNow) {
            return version == versionNow && matter.equals(command.matter());
        }
    }

    AgentPace(Timings timings) {
        renewNs = timings.renewEvery().toNanos();
    }

    static long nowMs() {
        return System.nanoTime() / 1_000_000;
    }

    /**
     * Every r while nothing moves. While something does: at once, then after a fourth of the time that it has taken so far; what
     * takes long is seen a little later than what is quick, and not looked at forty times a second. With every tick during a
     * switchover.
     */
    boolean lookDue(long now, boolean switching, @Nullable Step running, Plan plan, @Nullable DatabaseStatus database) {
        Class<?> moves = movement(running, plan.step(), database);
        if (moves != movement) {
            movement = moves;
            movingSinceNs = now;
        }
        long everyNs = switching ? 0 : moves == null ? renewNs : Math.min(renewNs, (now - movingSinceNs) / 4);
        if (now - lookedNs < everyNs) {
            return false;
        }
        lookedNs = now;
        return true;
    }

    private static @Nullable Class<?> movement(
            @Nullable Step running, @Nullable Step next, @Nullable DatabaseStatus database) {
        Step step = running != null ? running : next;
        if (step != null) {
            return step.getClass();
        }
        return database != null && database.process() == DatabaseStatus.Process.STARTING ? DatabaseStatus.class : null;
    }

    /** Every r; with every tick while a switchover waits for what its target has. */
    boolean statusDue(long now, boolean switching) {
        if (!switching && now - toldNs < renewNs) {
            return false;
        }
        toldNs = now;
        return true;
    }

    /** When an agent in whose member nothing moves has to look or to tell next. */
    long dueNs() {
        return Math.min(lookedNs, toldNs) + renewNs;
    }

    /** Every other r, and at once where readers were not let in before: what is opened for readers stays open for T, which is five r and more. */
    boolean readGateDue(boolean allowed, long now) {
        if (!allowed || reading && now - readGateNs < 2 * renewNs) {
            reading = allowed && reading;
            return false;
        }
        reading = true;
        readGateNs = now;
        return true;
    }

    /** One probe at a time, every r, while the gate is open for writes. */
    boolean probeDue(long now, boolean gateOpen) {
        probe = probe.ticked(gateOpen, now);
        boolean due = probe.isDue(renewNs);
        probe = due ? probe.started() : probe;
        return due;
    }

    void probed(boolean ok, long startedNs) {
        probe = probe.ended(ok, startedNs);
    }

    /** The age that a write check had when the loop turned last; −1 while none runs. */
    long writeProbeAgeMs() {
        return probe.ageMs();
    }

    void gateMoved(boolean open, long now) {
        probe = probe.gateMoved(open, now);
    }

    void finished(Step step, long now) {
        finished.put(step.getClass(), now);
        last.put(step.getClass(), step);
    }

    /** The log said no, knowing the group up to {@code version}. */
    void refused(Step step, long version, long now) {
        if (step instanceof Step.Submit(GroupCommand command)) {
            Refusal before = refusals.get(command.getClass());
            long waitNs = before != null && before.says(command, version) ? before.nextWaitNs() : 5 * renewNs;
            refusals.put(
                    command.getClass(),
                    new Refusal(command.matter(), version, now + waitNs, Math.min(2 * waitNs, REFUSED_AGAIN_MAX_NS)));
        }
    }

    /**
     * A step of the same kind is not repeated at once: it would find what it found a moment ago. What the log refused is not
     * asked again while the group is as it was.
     */
    boolean mayStart(Step step, long version, long now) {
        if (step instanceof Step.Submit(GroupCommand command)) {
            Refusal refusal = refusals.get(command.getClass());
            if (refusal != null && refusal.says(command, version) && now - refusal.untilNs() < 0) {
                return false;
            }
        }
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
            case Step.HoldPoolers s -> Math.min(renewNs, 100_000_000L);
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
            case Step.HoldPoolers s -> false;
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
