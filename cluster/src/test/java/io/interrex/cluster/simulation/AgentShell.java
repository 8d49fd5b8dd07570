package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import io.interrex.cluster.detection.WriteProbe;
import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.member.Folding;
import io.interrex.cluster.member.MemberHard;
import io.interrex.cluster.member.MemberPlanner;
import io.interrex.cluster.member.MemberView;
import io.interrex.cluster.member.Plan;
import io.interrex.cluster.member.Progress;
import io.interrex.cluster.member.Step;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.simulation.Fault.Point;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Looks, lets {@link MemberPlanner} say what comes next, saves, acts, looks again; holds the lease meanwhile. */
final class AgentShell implements LeaseShell.Listener {

    private record Asked(String from, long request) {}

    private final World world;
    private final SimNode node;
    private final LogShell log;
    private final Postgres postgres;
    private final Gates gates;
    private final LeaseShell lease;
    private final Peers peers = new Peers();
    private final List<Asked> revocations = new ArrayList<>();
    private final Map<Class<? extends Step>, Long> finishedNs = new HashMap<>();
    private final Map<Class<? extends Step>, Step> lastOf = new HashMap<>();
    private MemberHard hard;
    private Progress progress;
    private @Nullable DatabaseStatus database;
    private @Nullable Plan plan;
    private @Nullable Step running;
    private boolean looking;
    private int stepsOutstanding;
    private boolean stale;
    private boolean staleWhileLooking;
    private long lookedNs;
    private long toldNs;
    private long sequence;
    private long revokeEpoch;
    private WriteProbe probe = WriteProbe.IDLE;

    AgentShell(World world, SimNode node, LogShell log, MemberHard hard) {
        this.world = world;
        this.node = node;
        this.log = log;
        this.hard = hard;
        this.progress = Progress.NONE.remembering(node.crashes());
        this.postgres = world.postgres(node.host);
        this.gates = world.gates(node.host);
        this.lease = new LeaseShell(world, node, hard, this, this::probeAgeMs);
    }

    String doing() {
        Plan p = plan;
        return p == null ? "looking" : p.doing();
    }

    void tick() {
        long now = node.localNs();
        lease.tick();
        Plan p = plan;
        boolean moving = p != null && p.step() != null || running != null;
        long everyNs = world.settings.timings().renewEvery().toNanos();
        if (moving || now - lookedNs >= everyNs) {
            look();
        }
        probe(now, everyNs);
        plan();
        if (now - toldNs >= everyNs) {
            announce();
        }
    }

    private void probe(long now, long everyNs) {
        probe = probe.ticked(lease.gateIsOpen(), now);
        if (probe.isDue(everyNs)) {
            probe = probe.started();
            Consumer<Boolean> done = node.here(ok -> probe = probe.ended(ok, now));
            postgres.probeWrite(done);
        }
    }

    private long probeAgeMs() {
        return probe.ageMs();
    }

    void heard(String from, HandsMessage message) {
        switch (message) {
            case HandsMessage.Ack ack -> lease.acked(ack);
            case HandsMessage.Revoke revoke -> revoke(from, revoke);
            case HandsMessage.Status s -> peers.heard(s.status(), node.localNs());
            default -> world.trace(node.host, () -> "heard " + message);
        }
    }

    private void revoke(String from, HandsMessage.Revoke revoke) {
        var asked = new Asked(from, revoke.request());
        if (revoke.epoch() < hard.maxEpoch()) {
            answer(asked, new Evidence.NoAnswer(node.name, "has promised epoch " + hard.maxEpoch()));
            return;
        }
        revocations.removeIf(a -> a.from().equals(from));
        revocations.add(asked);
        revokeEpoch = Math.max(revokeEpoch, revoke.epoch());
        plan();
    }

    void logMoved() {
        plan();
    }

    void serverEnded(boolean crashed) {
        if (crashed) {
            lease.close("the server died");
            progress = progress.died(nowMs(), false, "died").unkillable(null);
        } else {
            lease.close("the guard's deadline passed");
            lease.disarmed();
            progress = progress.stopped().unkillable(null);
        }
        look();
    }

    /** The guard tells that processes outlive SIGKILL, or that they are dead at last. */
    void serverStuck(boolean stuck) {
        if (stuck) {
            lease.close("a process does not die");
        }
        progress = progress.unkillable(stuck ? "it outlives SIGKILL" : null);
        plan();
        look();
    }

    /** The guard tells that this machine was suspended. */
    void slept() {
        lease.close("this machine was suspended");
        look();
    }

    private void look() {
        if (looking) {
            return;
        }
        looking = true;
        staleWhileLooking = stepsOutstanding > 0;
        lookedNs = node.localNs();
        world.time.after(node.host, world.random.nextLong(1, 4) * MS, node.hereRun(() -> {
            looking = false;
            database = postgres.status();
            stale = staleWhileLooking;
            progress = progress.observed(database, nowMs());
            plan();
        }));
    }

    private void plan() {
        DatabaseStatus db = database;
        if (db == null) {
            return;
        }
        node.keepCrashes(progress.crashes().history());
        Plan next = MemberPlanner.plan(planned(db));
        for (int saves = 0; saves < 4; saves++) {
            MemberHard save = next.save();
            if (save == null) {
                break;
            }
            if (!node.saveMember(save)) {
                return;
            }
            hard = save;
            next = MemberPlanner.plan(planned(db));
        }
        next = Doctor.plan(world, next, postgres, log);
        world.invariants.leases.planned(node.name, next, knownEpoch());
        traceNews(next);
        plan = next;
        lease.want(next.leaseEpoch(), next.armGuard(), next.allowGate());
        answerRevocations(db);
        start(next);
    }

    /** What the plan is made on; who was asked to revoke is answered by what is so. */
    private MemberView planned(DatabaseStatus db) {
        return Doctor.planned(world, view(db), revocations.isEmpty(), log.lastAuthorized());
    }

    private void traceNews(Plan next) {
        Plan before = plan;
        if (world.verbose && (before == null || !before.doing().equals(next.doing()))) {
            world.trace(node.host, () -> next.doing() + (next.step() == null ? "" : " " + next.step()));
        }
    }

    private MemberView view(DatabaseStatus db) {
        long now = node.localNs();
        long suspectNs = world.settings.timings().suspectAfter().toNanos();
        return Doctor.view(
                world,
                new MemberView(
                        node.name,
                        log.state(),
                        hard,
                        db,
                        !stale && stepsOutstanding == 0 || world.has(Mutant.DEAD_BY_AN_OLD_LOOK),
                        world.has(Mutant.DEAD_BY_AN_OLD_LOOK) ? progress.emptied() : progress,
                        lease.heldEpoch(now),
                        lease.leftMs(now),
                        lease.isArmed(),
                        probeAgeMs(),
                        revokeEpoch,
                        peers.positions(now, suspectNs),
                        peers.serving(now, suspectNs),
                        world.pooler.heard(),
                        peers.copySources(log.state(), now, suspectNs),
                        world.settings.timings(),
                        stamp(),
                        now / MS));
    }

    private void answerRevocations(DatabaseStatus db) {
        if (revocations.isEmpty()) {
            return;
        }
        Evidence answer = Doctor.answer(world, MemberPlanner.revokeAnswer(view(db), 1), postgres, hard.maxEpoch());
        if (answer != null) {
            List.copyOf(revocations).forEach(asked -> answer(asked, answer));
            revocations.clear();
        }
    }

    private void answer(Asked asked, Evidence evidence) {
        world.invariants.leases.answered(node.name, evidence);
        node.send(asked.from(), new HandsMessage.RevokeAnswer(World.GROUP, asked.request(), hard.maxEpoch(), evidence));
    }

    private void start(Plan p) {
        Step step = p.step();
        if (step == null || step.equals(running)) {
            return;
        }
        boolean kill = step instanceof Step.Kill && !(running instanceof Step.Kill);
        if (running != null && !kill || !mayStart(step)) {
            return;
        }
        if (step instanceof Step.Kill || step instanceof Step.StopClean) {
            lease.close(p.doing());
        }
        progress = Folding.began(progress, step);
        running = step;
        stepsOutstanding++;
        staleWhileLooking = true;
        stale = true;
        boolean[] ended = {false};
        Consumer<Outcome<Object>> done = node.here(outcome -> {
            if (!ended[0]) {
                ended[0] = true;
                finished(step, outcome);
            }
        });
        world.invariants.effects.begins(node.name, step, knownEpoch());
        world.reached(Point.STEP_BEGUN, node.host);
        if (step instanceof Step.StopClean stop && stop.why().startsWith("to be started again")) {
            world.invariants.data.stoppedByOrder(postgres);
        }
        StepsOf.run(step, postgres, gates, done, this::release, world.pooler::asked, command -> submit(command, done));
        world.time.after(node.host, 10_000 * MS, () -> done.accept(Outcome.unknown("no answer")));
        if (step instanceof Step.StartStandby
                || step instanceof Step.Rewind
                || step instanceof Step.Clone
                || step instanceof Step.Kill) {
            lease.disarmed();
        }
    }

    /** Nothing below it may be done. */
    private long knownEpoch() {
        GroupState group = log.state();
        return Math.max(Math.max(hard.maxEpoch(), revokeEpoch), group == null ? 0 : group.epoch());
    }

    private void release(long epoch) {
        world.invariants.leases.released(node.name, epoch);
        world.reached(Point.RELEASED, node.host);
        lease.sendToVoters(new HandsMessage.Release(World.GROUP, node.name, epoch));
    }

    private void submit(GroupCommand command, Consumer<Outcome<Object>> done) {
        Doctor.submitting(world, log.state(), command, postgres);
        log.submit(command, answer -> {
            Outcome<Object> outcome = !answer.known()
                    ? Outcome.unknown(answer.why())
                    : answer.accepted() ? Outcome.done(Nothing.NOTHING) : Outcome.refused(answer.why());
            world.time.after(node.host, 0, () -> done.accept(outcome));
        });
    }

    private boolean mayStart(Step step) {
        Long at = finishedNs.get(step.getClass());
        boolean changed = !step.equals(lastOf.get(step.getClass())) && !(step instanceof Step.Submit);
        return at == null || changed || node.localNs() - at >= 50 * MS;
    }

    private void finished(Step step, Outcome<Object> outcome) {
        stepsOutstanding--;
        if (step instanceof Step.Kill) {
            lease.disarmed();
        }
        world.reached(Point.STEP_DONE, node.host);
        staleWhileLooking = true;
        finishedNs.put(step.getClass(), node.localNs());
        lastOf.put(step.getClass(), step);
        progress = Folding.began(progress, step);
        if (step.equals(running)) {
            running = null;
        }
        switch (outcome) {
            case Outcome.Done<Object>(var value) -> progress = Folding.done(progress, step, value, nowMs());
            case Outcome.Refused<Object>(var reason) -> progress = Folding.failed(progress, step, reason, true);
            case Outcome.Unknown<Object>(var reason) -> {
                progress = Folding.failed(progress, step, reason, false);
                world.trace(node.host, () -> step + ": " + outcome);
            }
        }
        look();
        plan();
    }

    private void announce() {
        long now = node.localNs();
        toldNs = now;
        DatabaseStatus db = database;
        var told = new HandsMessage.Status(new MemberStatus(
                World.GROUP,
                node.name,
                hard.incarnation(),
                ++sequence,
                hard.maxEpoch(),
                0,
                log.version(),
                db == null ? DatabaseStatus.unknown("not looked at yet") : db,
                gates.isOpen() ? Gate.Position.OPEN : Gate.Position.CLOSED,
                lease.leftMs(now),
                probeAgeMs(),
                postgres.vitals(),
                doing(),
                null));
        world.hosts().forEach(h -> node.send(h, told));
    }

    private Stamp stamp() {
        return new Stamp(node.name, node.wallMs());
    }

    private long nowMs() {
        return node.localNs() / MS;
    }

    @Override
    public void gateMoved(boolean open, long epoch, String why) {
        probe = probe.gateMoved(open, node.localNs());
        log.submit(new GroupCommand.ReportGate(stamp(), epoch, node.name, open, why), answer -> {});
    }

    @Override
    public void leaseLost(boolean lost) {
        progress = progress.lease(lost);
    }

    @Override
    public void closeSessions() {
        world.invariants.leases.closes(node.name);
        postgres.closeSessions();
        progress = progress.sentAway();
    }

    @Override
    public void armed() {
        plan();
    }
}
