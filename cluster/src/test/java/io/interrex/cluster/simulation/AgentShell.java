package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.lease.LeaseHolder;
import io.interrex.cluster.lease.LeaseHolder.Effect;
import io.interrex.cluster.lease.LeaseState;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Looks, lets {@link MemberPlanner} say what comes next, saves, acts, looks again; holds the lease meanwhile. */
final class AgentShell {

    private record Asked(String from, long request) {}

    private final World world;
    private final SimNode node;
    private final LogShell log;
    private final Postgres postgres;
    private final Gates gates;
    private final Peers peers = new Peers();
    private final List<Asked> revocations = new ArrayList<>();
    private final Map<Class<? extends Step>, Long> finishedNs = new HashMap<>();
    private final Map<Class<? extends Step>, Step> lastOf = new HashMap<>();
    private MemberHard hard;
    private Progress progress = Progress.NONE;
    private @Nullable DatabaseStatus database;
    private LeaseState lease;
    private @Nullable Plan plan;
    private @Nullable Step running;
    private boolean looking;
    private int stepsOutstanding;
    private boolean stale;
    private boolean staleWhileLooking;
    private boolean gateSeenOpen;
    private long lookedNs;
    private long toldNs;
    private long sequence;
    private long revokeEpoch;
    private boolean probePending;
    private long probeOkNs = -1;
    private long probeStartNs;

    AgentShell(World world, SimNode node, LogShell log, MemberHard hard) {
        this.world = world;
        this.node = node;
        this.log = log;
        this.hard = hard;
        this.postgres = world.postgres(node.name);
        this.gates = world.gates(node.name);
        var identity = new LeaseState.Identity(
                World.GROUP, node.name, hard.incarnation(), 1, world.voters(), world.settings.timings());
        this.lease = LeaseState.idle(identity, node.localNs()).gateFound(hard.servedAsPrimary());
    }

    String doing() {
        Plan p = plan;
        return p == null ? "looking" : p.doing();
    }

    void tick() {
        long now = node.localNs();
        run(LeaseHolder.tick(lease, now));
        Plan p = plan;
        boolean moving = p != null && p.step() != null || running != null;
        if (moving || now - lookedNs >= world.settings.timings().renewEvery().toNanos()) {
            look();
        }
        probe(now);
        plan();
        if (now - toldNs >= world.settings.timings().renewEvery().toNanos()) {
            announce();
        }
    }

    private void probe(long now) {
        if (!gateSeenOpen || !lease.gateOpen()) {
            probeOkNs = -1;
            return;
        }
        if (probeOkNs < 0) {
            probeOkNs = now;
        }
        if (probePending
                || now - probeStartNs < world.settings.timings().renewEvery().toNanos()) {
            return;
        }
        probePending = true;
        probeStartNs = now;
        Consumer<Boolean> done = node.here(ok -> {
            probePending = false;
            if (ok && probeOkNs >= 0) {
                probeOkNs = now;
            }
        });
        postgres.probeWrite(done);
    }

    private long probeAgeMs() {
        return probeOkNs < 0 ? -1 : (node.localNs() - probeOkNs) / MS;
    }

    void heard(String from, HandsMessage message) {
        switch (message) {
            case HandsMessage.Ack ack -> run(LeaseHolder.ack(lease, ack, node.localNs()));
            case HandsMessage.Revoke revoke -> revoke(from, revoke);
            case HandsMessage.Status s -> peers.heard(s.status(), node.localNs());
            default -> throw new IllegalStateException("not for an agent: " + message);
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
            run(LeaseHolder.close(lease, "the server died"));
            progress = progress.crashed(nowMs());
        } else {
            progress = progress.stopped();
        }
        look();
    }

    private void look() {
        if (looking) {
            return;
        }
        looking = true;
        staleWhileLooking = stepsOutstanding > 0;
        lookedNs = node.localNs();
        world.time.after(world.random.nextLong(1, 4) * MS, node.hereRun(() -> {
            looking = false;
            DatabaseStatus seen = postgres.status();
            database = seen;
            stale = staleWhileLooking;
            progress = progress.observed(seen, nowMs());
            plan();
        }));
    }

    private void plan() {
        DatabaseStatus db = database;
        if (db == null) {
            return;
        }
        Plan next = MemberPlanner.plan(view(db));
        for (int saves = 0; saves < 4; saves++) {
            MemberHard save = next.save();
            if (save == null) {
                break;
            }
            node.saveMember(save);
            hard = save;
            next = MemberPlanner.plan(view(db));
        }
        world.invariants.planned(node.name, view(db), next);
        if (world.verbose && (plan == null || !plan.doing().equals(next.doing()))) {
            world.trace(node.name, next.doing() + " " + next.step());
        }
        plan = next;
        boolean allow =
                next.allowGate() || world.has(Mutant.BARRIER_SKIPPED) && next.leaseEpoch() != 0 && postgres.isPrimary();
        run(LeaseHolder.want(lease, next.leaseEpoch(), next.armGuard(), allow, node.localNs()));
        answerRevocations(db);
        start(next);
    }

    private MemberView view(DatabaseStatus db) {
        long now = node.localNs();
        return new MemberView(
                node.name,
                log.state(),
                hard,
                db,
                !stale && stepsOutstanding == 0 || world.has(Mutant.DEAD_BY_AN_OLD_LOOK),
                world.has(Mutant.DEAD_BY_AN_OLD_LOOK) ? progress.emptied() : progress,
                lease.isHeld(now) ? lease.wanted() : 0,
                lease.leftNs(now) / MS,
                lease.armed(),
                true,
                probeAgeMs(),
                revokeEpoch,
                peers.positions(now, world.settings.timings().suspectAfter().toNanos()),
                peers.serving(now, world.settings.timings().suspectAfter().toNanos()),
                world.settings.timings(),
                stamp(),
                nowMs());
    }

    private void answerRevocations(DatabaseStatus db) {
        if (revocations.isEmpty()) {
            return;
        }
        Evidence answer = MemberPlanner.revokeAnswer(view(db), 1);
        if (answer != null) {
            List.copyOf(revocations).forEach(asked -> answer(asked, answer));
            revocations.clear();
        }
    }

    private void answer(Asked asked, Evidence evidence) {
        world.invariants.answered(node.name, evidence);
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
            run(LeaseHolder.close(lease, p.doing()));
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
        StepsOf.run(
                step,
                postgres,
                gates,
                done,
                epoch -> sendToVoters(new HandsMessage.Release(World.GROUP, node.name, epoch)),
                command -> submit(command, done));
        world.time.after(10_000 * MS, () -> done.accept(Outcome.unknown("no answer")));
    }

    private void submit(GroupCommand command, Consumer<Outcome<Object>> done) {
        log.submit(command, answer -> {
            Outcome<Object> outcome = !answer.known()
                    ? Outcome.unknown(answer.why())
                    : answer.accepted() ? Outcome.done(Nothing.NOTHING) : Outcome.refused(answer.why());
            world.time.after(0, () -> done.accept(outcome));
        });
    }

    private boolean mayStart(Step step) {
        Long at = finishedNs.get(step.getClass());
        boolean changed = !step.equals(lastOf.get(step.getClass())) && !(step instanceof Step.Submit);
        return at == null || changed || node.localNs() - at >= 50 * MS;
    }

    private void finished(Step step, Outcome<Object> outcome) {
        stepsOutstanding--;
        staleWhileLooking = true;
        finishedNs.put(step.getClass(), node.localNs());
        lastOf.put(step.getClass(), step);
        progress = Folding.began(progress, step);
        running = step.equals(running) ? null : running;
        switch (outcome) {
            case Outcome.Done<Object>(var value) -> progress = Folding.done(progress, step, value, nowMs());
            case Outcome.Refused<Object> refused -> progress = Folding.refused(progress, step);
            case Outcome.Unknown<Object> unknown -> world.trace(node.name, step + ": " + unknown);
        }
        look();
        plan();
    }

    private void sendToVoters(HandsMessage message) {
        world.voters().forEach(v -> node.send(v, message));
    }

    private void announce() {
        toldNs = node.localNs();
        DatabaseStatus db = database;
        var status = new MemberStatus(
                World.GROUP,
                node.name,
                hard.incarnation(),
                ++sequence,
                hard.maxEpoch(),
                0,
                log.version(),
                db == null ? DatabaseStatus.unknown("not looked at yet") : db,
                gates.isOpen() ? Gate.Position.OPEN : Gate.Position.CLOSED,
                lease.leftNs(node.localNs()) / MS,
                probeAgeMs(),
                doing(),
                null);
        world.hosts().forEach(h -> node.send(h, new HandsMessage.Status(status)));
    }

    private Stamp stamp() {
        return new Stamp(node.name, node.wallMs());
    }

    private long nowMs() {
        return node.localNs() / MS;
    }

    // ---- the lease

    private void run(LeaseHolder.Step step) {
        lease = step.state();
        if (!lease.held()) {
            world.invariants.holdsNothing(node.name);
        }
        step.effects().forEach(this::carryOut);
    }

    private void carryOut(Effect effect) {
        long ttlNs = world.settings.timings().leaseFor().toNanos();
        switch (effect) {
            case Effect.Stage stage -> {
                if (stage.guard()) {
                    gates.stageGuard(stage.round(), ttlNs);
                }
                if (stage.gate()) {
                    gates.stageGate(stage.round(), ttlNs);
                }
                world.time.after(
                        MS,
                        node.hereRun(() -> run(LeaseHolder.staged(lease, stage.round(), stage.gate(), probeAgeMs()))));
            }
            case Effect.Send s -> {
                world.invariants.sent(node.name, s.renew().n());
                sendToVoters(s.renew());
            }
            case Effect.Activate activate -> activate(activate, ttlNs);
            case Effect.CloseGate close -> {
                gates.closeGate();
                moved(false, close.why());
            }
            case Effect.Won won -> {
                world.invariants.won(node.name, won.epoch(), node.localNs(), won.untilNs());
                progress = progress.lease(false);
            }
            case Effect.Lost lost -> {
                world.trace(node.name, "lost the lease of epoch " + lost.epoch());
                progress = progress.lease(true);
            }
        }
    }

    private void activate(Effect.Activate activate, long ttlNs) {
        if (activate.guard()) {
            gates.commitGuard(activate.round());
        }
        if (activate.gate()) {
            gates.activateGate(activate.round(), lease.wanted(), ttlNs);
            moved(true, "granted");
        }
    }

    private void moved(boolean open, String why) {
        if (gateSeenOpen == open) {
            return;
        }
        gateSeenOpen = open;
        probeOkNs = -1;
        log.submit(new GroupCommand.ReportGate(stamp(), lease.wanted(), node.name, open, why), answer -> {});
    }
}
