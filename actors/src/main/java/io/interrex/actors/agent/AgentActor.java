package io.interrex.actors.agent;

import io.interrex.actors.log.GroupLog;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.lease.LeaseState;
import io.interrex.cluster.member.Folding;
import io.interrex.cluster.member.MemberHard;
import io.interrex.cluster.member.MemberPlanner;
import io.interrex.cluster.member.MemberView;
import io.interrex.cluster.member.Plan;
import io.interrex.cluster.member.Progress;
import io.interrex.cluster.member.Step;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.Guard;
import io.interrex.cluster.port.Outcome;
import java.time.Duration;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Acts on one member of its own host: looks at the server, lets {@link MemberPlanner} say what comes next, writes what has
 * to be on disk first, carries the step out, looks again. Holds the lease meanwhile, whatever a step takes.
 */
public final class AgentActor extends AbstractBehavior<AgentActor.Message> {
    private static final Logger LOG = LoggerFactory.getLogger(AgentActor.class);

    public sealed interface Message {}

    /** A message of the hands' protocol for this agent. */
    public record Heard(String from, HandsMessage message, long atNs) implements Message {}

    public record LogMoved(GroupLog.Update update) implements Message {}

    private enum Tick implements Message {
        TICK
    }

    private record Seen(DatabaseStatus status) implements Message {}

    /** What gate and guard answered to the lease. */
    private record ForLease(Consumer<LeaseRunner> answer) implements Message {}

    private record StepDone(Step step, Outcome<Object> outcome, long startedNs) implements Message {}

    private record Probed(Outcome<Duration> outcome, long startedNs) implements Message {}

    private record Guarded(Guard.Event event) implements Message {}

    private final AgentSettings settings;
    private final AgentPorts ports;
    private final LeaseRunner lease;
    private final StepRunner steps;
    private final AgentPeers peers;
    private final AgentRevocations revocations;
    private final AgentLooks looks = new AgentLooks();
    private final AgentPace pace;
    private final AgentVitals vitals;
    private final AgentTurns<Message> turns;
    private final LateReports reports;
    private final AgentPast past;
    private final ShownGate gate;
    private MemberHard hard;
    private Progress progress;
    private @Nullable DatabaseStatus database;
    private @Nullable GroupState group;
    private long logVersion;
    private Plan plan = new Plan(null, 0, false, false, false, null, "starting");
    private @Nullable Step running;
    private @Nullable String alarm;

    /** @param hard as read from disk, with this start counted in and written back */
    public static Behavior<Message> create(AgentSettings settings, AgentPorts ports, MemberHard hard) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> new AgentActor(
                context, new AgentTurns<>(timers, Tick.TICK, settings.timings()), settings, ports, hard)));
    }

    private AgentActor(
            ActorContext<Message> context,
            AgentTurns<Message> turns,
            AgentSettings settings,
            AgentPorts ports,
            MemberHard hard) {
        super(context);
        this.turns = turns;
        this.settings = settings;
        this.ports = ports;
        this.hard = hard;
        this.pace = new AgentPace(settings.timings());
        this.vitals = new AgentVitals(ports.vitals(), settings.timings().renewEvery());
        this.reports = new LateReports(settings.timings().renewEvery().toNanos());
        this.past = new AgentPast(ports.store(), settings, reports);
        this.progress = Progress.NONE.remembering(past.known());
        this.gate = new ShownGate(ports.gate(), settings.timings().leaseFor());
        this.peers = new AgentPeers(settings.timings().suspectAfter().toNanos());
        this.revocations = new AgentRevocations(settings, ports.send());
        this.lease = new LeaseRunner(
                LeaseState.idle(settings.holder(hard.incarnation()), System.nanoTime())
                        .gateFound(hard.servedAsPrimary()),
                ports.gate(),
                ports.guard(),
                ports.send(),
                new FromLease());
        this.steps = new StepRunner(settings, ports, context.getSystem().scheduler());
        ActorRef<Message> self = context.getSelf();
        ports.guard().listen(event -> self.tell(new Guarded(event)));
        ports.log().tell(new GroupLog.Subscribe(context.messageAdapter(GroupLog.Update.class, LogMoved::new)));
        plan();
        look();
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder()
                .onMessageEquals(Tick.TICK, this::tick)
                .onMessage(Heard.class, m -> {
                    AgentHearing.dispatch(m, this, lease, peers);
                    return this;
                })
                .onMessage(LogMoved.class, this::logMoved)
                .onMessage(Seen.class, this::seen)
                .onMessage(ForLease.class, m -> {
                    m.answer().accept(lease);
                    return this;
                })
                .onMessage(StepDone.class, this::stepDone)
                .onMessage(Probed.class, this::probed)
                .onMessage(Guarded.class, this::guarded)
                .build();
    }

    private Behavior<Message> tick() {
        long now = System.nanoTime();
        lease.tick(now);
        boolean switching = group != null && group.operation() != null;
        if (pace.lookDue(now, switching, running, plan, database)) {
            look();
        }
        if (pace.probeDue(now, lease.gateIsOpen())) {
            getContext()
                    .pipeToSelf(
                            ports.database().probeWrite(settings.timings().writeProbeMax()),
                            (outcome, failure) -> new Probed(
                                    outcome != null ? outcome : Outcome.unknown(String.valueOf(failure)), now));
        }
        steps.keepSlots(group, database, vitals.tick(now), peers, now);
        plan();
        reports.tick(now, command -> steps.run(new Step.Submit(command)));
        if (pace.statusDue(now, switching)) {
            announce();
        }
        turns.next(isMoving(), lease.state(), pace.dueNs(), now);
        return this;
    }

    private boolean isMoving() {
        boolean steps = running != null || plan.step() != null || !looks.settled();
        return steps || !revocations.isEmpty() || AgentTurns.moves(group, database, lease.state());
    }

    void revoke(Heard m, HandsMessage.Revoke revoke) {
        if (revocations.ask(m, revoke, hard.maxEpoch())) {
            plan();
        }
    }

    private Behavior<Message> logMoved(LogMoved m) {
        group = m.update().state();
        logVersion = m.update().version();
        plan();
        return this;
    }

    private void look() {
        if (!looks.begin()) {
            return;
        }
        getContext()
                .pipeToSelf(
                        ports.database().status(),
                        (status, failure) ->
                                new Seen(status != null ? status : DatabaseStatus.unknown(String.valueOf(failure))));
    }

    private Behavior<Message> seen(Seen m) {
        boolean again = looks.end();
        database = m.status();
        progress = progress.observed(m.status(), AgentPace.nowMs());
        plan();
        if (again) {
            look();
        }
        return this;
    }

    void plan() {
        DatabaseStatus db = database;
        if (db == null) {
            return;
        }
        past.keep(progress.crashes().history(), System.nanoTime());
        for (int saves = 0; saves < 4; saves++) {
            plan = MemberPlanner.plan(view(db));
            MemberHard save = plan.save();
            if (save == null) {
                break;
            }
            String failure = past.promised(save);
            if (failure != null) {
                alarm = failure;
                LOG.error(failure);
                return;
            }
            hard = save;
        }
        long now = System.nanoTime();
        lease.want(plan.leaseEpoch(), plan.armGuard(), plan.allowGate() && !looks.isServerDead(), now);
        gate.read(plan.allowRead(), pace.readGateDue(plan.allowRead(), now), lease);
        revocations.answerWhereKnown(() -> view(db), now);
        start(now);
        turns.hurry(isMoving());
    }

    private MemberView view(DatabaseStatus db) {
        long now = System.nanoTime();
        return new MemberView(
                settings.member(),
                group,
                hard,
                db,
                looks.settled(),
                progress,
                lease.state().isHeld(now) ? lease.state().wanted() : 0,
                lease.state().leftNs(now) / 1_000_000,
                lease.state().isArmed(now),
                pace.writeProbeAgeMs(),
                revocations.epoch(),
                peers.lsn(now),
                peers.serving(now),
                peers.poolers(now),
                peers.copySources(group, settings.cloneFrom(), now),
                settings.timings(),
                stamp(),
                AgentPace.nowMs());
    }

    /** One step at a time; only a kill goes before one that runs. */
    private void start(long now) {
        Step step = plan.step();
        if (step == null || step.equals(running)) {
            return;
        }
        boolean kill = step instanceof Step.Kill && !(running instanceof Step.Kill);
        if (running != null && !kill || !pace.mayStart(step, logVersion, now)) {
            return;
        }
        if (step instanceof Step.Kill || step instanceof Step.StopClean) {
            lease.close(plan.doing());
        }
        running = step;
        progress = Folding.began(progress, step);
        looks.started(step);
        getContext()
                .pipeToSelf(
                        steps.run(step),
                        (outcome, failure) -> new StepDone(
                                step, outcome != null ? outcome : Outcome.unknown(String.valueOf(failure)), now));
        AgentHearing.began(step, lease, now);
    }

    private Behavior<Message> stepDone(StepDone m) {
        long now = System.nanoTime();
        LOG.debug("{} took {} ms", m.step(), (now - m.startedNs()) / 1_000_000);
        pace.finished(m.step(), now);
        looks.finished(m.step());
        AgentHearing.ended(m.step(), lease, now);
        progress = Folding.began(progress, m.step());
        if (m.step().equals(running)) {
            running = null;
        }
        switch (m.outcome()) {
            case Outcome.Done<Object>(var value) -> {
                progress = past.told(progress, Folding.done(progress, m.step(), value, AgentPace.nowMs()), stamp());
                alarm = null;
            }
            case Outcome.Refused<Object>(var reason) -> {
                pace.refused(m.step(), logVersion, System.nanoTime());
                stepFailed(m.step(), reason, true);
            }
            case Outcome.Unknown<Object>(var reason) -> stepFailed(m.step(), reason, false);
        }
        if (AgentPace.changesServer(m.step())) {
            look();
        }
        plan();
        return this;
    }

    private void stepFailed(Step step, String reason, boolean refused) {
        progress = Folding.failed(progress, step, reason, refused);
        boolean asked = step instanceof Step.Submit;
        alarm = asked ? alarm : step + ": " + reason;
        LOG.atLevel(asked ? Level.INFO : Level.WARN).log("{} did not succeed: {}", step, reason);
    }

    private Behavior<Message> probed(Probed m) {
        pace.probed(m.outcome() instanceof Outcome.Done<Duration>, m.startedNs());
        return this;
    }

    private Behavior<Message> guarded(Guarded m) {
        progress = past.told(progress, AgentHearing.guard(m.event(), progress, lease), stamp());
        if (AgentHearing.isDeath(m.event())) {
            looks.serverDied();
        }
        plan();
        look();
        return this;
    }

    private void announce() {
        long now = System.nanoTime();
        DatabaseStatus db = database;
        GroupState state = group;
        ports.tellPeers()
                .accept(new HandsMessage.Status(new MemberStatus(
                        settings.group(),
                        settings.member(),
                        hard.incarnation(),
                        pace.nextSequence(),
                        hard.maxEpoch(),
                        state == null ? 0 : state.epoch(),
                        logVersion,
                        db == null ? DatabaseStatus.unknown("not looked at yet") : db,
                        gate.position(lease),
                        lease.state().leftNs(now) / 1_000_000,
                        pace.writeProbeAgeMs(),
                        vitals.last(now),
                        plan.doing() + ports.database().progress(),
                        lease.alarm(now, progress.unkillable() != null ? progress.unkillable() : alarm))));
    }

    /** What the lease tells, on this actor's thread; that a round's timers run may come on any. */
    private final class FromLease implements LeaseRunner.Listener {
        private final ActorRef<Message> self = getContext().getSelf();

        @Override
        public void staged(long round, boolean gate) {
            self.tell(new ForLease(l -> l.staged(round, gate, pace.writeProbeAgeMs())));
        }

        @Override
        public void later(Consumer<LeaseRunner> then) {
            self.tell(new ForLease(l -> {
                then.accept(l);
                plan();
            }));
        }

        @Override
        public void gateMoved(boolean open, long epoch, String why) {
            pace.gateMoved(open, System.nanoTime());
            gate.moved(open);
            var report = new GroupCommand.ReportGate(stamp(), epoch, settings.member(), open, why);
            ports.log().tell(new GroupLog.Submit(report, null));
            announce();
        }

        @Override
        public void leaseLost(boolean lost) {
            progress = progress.lease(lost);
        }

        @Override
        public void majorityBack(long epoch, long awayMs) {
            reports.add(new GroupCommand.ReportVotersLost(stamp(), epoch, awayMs));
        }

        @Override
        public void closeSessions(String why) {
            steps.closeSessions();
            progress = progress.sentAway();
        }
    }

    private GroupCommand.Stamp stamp() {
        return new GroupCommand.Stamp(settings.member(), System.currentTimeMillis());
    }
}
