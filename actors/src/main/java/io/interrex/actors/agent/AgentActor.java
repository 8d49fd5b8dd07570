package io.interrex.actors.agent;

import io.interrex.actors.log.GroupLog;
import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.Evidence;
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
import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.Guard;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;

/**
 * Acts on one member of its own host: looks at the server, lets {@link MemberPlanner} say what comes next, writes what has
 * to be on disk first, carries the step out, looks again. Holds the lease meanwhile, whatever a step takes.
 */
public final class AgentActor extends AbstractBehavior<AgentActor.Message> {

    public sealed interface Message {}

    /** A message of the hands' protocol for this agent. */
    public record Heard(String from, HandsMessage message, long atNs) implements Message {}

    public record LogMoved(GroupLog.Update update) implements Message {}

    /** A read-only look, for status pages. */
    public record AskStatus(ActorRef<MemberStatus> replyTo) implements Message {}

    private enum Tick implements Message {
        TICK
    }

    private record Seen(DatabaseStatus status) implements Message {}

    private record Staged(long round, boolean gate) implements Message {}

    private record StepDone(Step step, Outcome<Object> outcome) implements Message {}

    private record Probed(Outcome<Duration> outcome, long startedNs) implements Message {}

    private record Guarded(Guard.Event event) implements Message {}

    private record Asked(String from, long request, long epoch, long atNs) {}

    private final AgentSettings settings;
    private final AgentPorts ports;
    private final LeaseRunner lease;
    private final StepRunner steps;
    private final Map<String, Lsn> peerLsn = new HashMap<>();
    private final Map<String, Long> servingNs = new HashMap<>();
    private final List<Asked> revocations = new ArrayList<>();
    private final AgentPace pace;
    private MemberHard hard;
    private Progress progress = Progress.NONE;
    private @Nullable DatabaseStatus database;
    private @Nullable GroupState group;
    private long logVersion;
    private Plan plan = new Plan(null, 0, false, false, false, null, "starting");
    private @Nullable Step running;
    private boolean looking;
    private boolean lookAgain;
    /** Steps under way that change the server; a kill does not wait for another. */
    private int stepsOutstanding;
    /** Such a step began after the look that {@link #database} came from. */
    private boolean stale;

    private boolean staleWhileLooking;
    private long revokeEpoch;
    private Gate.Position gateShown = Gate.Position.CLOSED;
    private @Nullable String alarm;

    /** @param hard as read from disk, with this start counted in and written back */
    public static Behavior<Message> create(AgentSettings settings, AgentPorts ports, MemberHard hard) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerAtFixedRate(
                    Tick.TICK, settings.timings().renewEvery().dividedBy(8));
            return new AgentActor(context, settings, ports, hard);
        }));
    }

    private AgentActor(ActorContext<Message> context, AgentSettings settings, AgentPorts ports, MemberHard hard) {
        super(context);
        this.settings = settings;
        this.ports = ports;
        this.hard = hard;
        this.pace = new AgentPace(settings.timings());
        var identity = new LeaseState.Identity(
                settings.group(),
                settings.member(),
                hard.incarnation(),
                settings.voterConfig(),
                settings.voters(),
                settings.timings());
        this.lease = new LeaseRunner(
                LeaseState.idle(identity, System.nanoTime()), ports.gate(), ports.guard(), ports.send(), listener());
        this.steps = new StepRunner(
                settings.group(),
                settings.member(),
                ports.database(),
                ports.guard(),
                message -> settings.voters().forEach(voter -> ports.send().accept(voter, message)),
                this::ask,
                Duration.ofSeconds(10));
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
                .onMessage(Heard.class, this::heard)
                .onMessage(LogMoved.class, this::logMoved)
                .onMessage(AskStatus.class, m -> {
                    m.replyTo().tell(status());
                    return this;
                })
                .onMessage(Seen.class, this::seen)
                .onMessage(Staged.class, m -> {
                    lease.staged(m.round(), m.gate(), pace.writeProbeAgeMs(System.nanoTime()));
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
        if (pace.lookDue(now, plan.step() != null || running != null)) {
            look();
        }
        if (pace.probeDue(now, lease.gateIsOpen())) {
            getContext()
                    .pipeToSelf(
                            ports.database().probeWrite(settings.timings().writeProbeMax()),
                            (outcome, failure) -> new Probed(
                                    outcome != null ? outcome : Outcome.unknown(String.valueOf(failure)), now));
        }
        plan();
        if (pace.statusDue(now)) {
            announce();
        }
        return this;
    }

    private Behavior<Message> heard(Heard m) {
        switch (m.message()) {
            case HandsMessage.Ack ack -> lease.ack(ack, System.nanoTime());
            case HandsMessage.Nack nack ->
                getContext().getLog().info("{} does not grant epoch {}: {}", nack.voter(), nack.epoch(), nack.cause());
            case HandsMessage.Revoke revoke -> revoke(m, revoke);
            case HandsMessage.Status peer -> peer(peer.status(), m.atNs());
            case HandsMessage.Hello other -> ignore(other);
            case HandsMessage.Beat other -> ignore(other);
            case HandsMessage.Renew other -> ignore(other);
            case HandsMessage.Release other -> ignore(other);
            case HandsMessage.Fenced other -> ignore(other);
            case HandsMessage.AskVoter other -> ignore(other);
            case HandsMessage.VoterAnswer other -> ignore(other);
            case HandsMessage.RevokeAnswer other -> ignore(other);
            case HandsMessage.Committed other -> ignore(other);
            case HandsMessage.Submit other -> ignore(other);
            case HandsMessage.SubmitAnswer other -> ignore(other);
        }
        return this;
    }

    private void peer(MemberStatus status, long atNs) {
        peerLsn.put(status.member(), status.database().lsn());
        if (status.database().process() == DatabaseStatus.Process.PRIMARY) {
            servingNs.put(status.member(), atNs);
        } else {
            servingNs.remove(status.member());
        }
    }

    private Set<String> serving(long now) {
        long suspectNs = settings.timings().suspectAfter().toNanos();
        var serving = new HashSet<String>();
        servingNs.forEach((member, at) -> {
            if (now - at < suspectNs) {
                serving.add(member);
            }
        });
        return Set.copyOf(serving);
    }

    private void ignore(HandsMessage other) {
        getContext().getLog().warn("an agent was given {}, which is not for agents", other);
    }

    private void revoke(Heard m, HandsMessage.Revoke revoke) {
        if (revoke.epoch() < hard.maxEpoch()) {
            answer(
                    new Asked(m.from(), revoke.request(), revoke.epoch(), m.atNs()),
                    new Evidence.NoAnswer(settings.member(), "has promised epoch " + hard.maxEpoch()));
            return;
        }
        revocations.removeIf(asked -> asked.from().equals(m.from()));
        revocations.add(new Asked(m.from(), revoke.request(), revoke.epoch(), m.atNs()));
        revokeEpoch = Math.max(revokeEpoch, revoke.epoch());
        plan();
    }

    private Behavior<Message> logMoved(LogMoved m) {
        group = m.update().state();
        logVersion = m.update().version();
        plan();
        return this;
    }

    private void look() {
        if (looking) {
            lookAgain = true;
            return;
        }
        looking = true;
        staleWhileLooking = stepsOutstanding > 0;
        getContext()
                .pipeToSelf(
                        ports.database().status(),
                        (status, failure) ->
                                new Seen(status != null ? status : DatabaseStatus.unknown(String.valueOf(failure))));
    }

    private Behavior<Message> seen(Seen m) {
        looking = false;
        database = m.status();
        stale = staleWhileLooking;
        progress = progress.observed(m.status(), nowMs());
        plan();
        if (lookAgain) {
            lookAgain = false;
            look();
        }
        return this;
    }

    private void plan() {
        DatabaseStatus db = database;
        if (db == null) {
            return;
        }
        for (int saves = 0; saves < 4; saves++) {
            plan = MemberPlanner.plan(view(db));
            MemberHard save = plan.save();
            if (save == null) {
                break;
            }
            Outcome<Nothing> written = ports.store().saveMember(settings.group(), save);
            if (!(written instanceof Outcome.Done<Nothing>)) {
                alarm = "the agent's state cannot be written: " + written;
                getContext().getLog().error(alarm);
                return;
            }
            hard = save;
        }
        long now = System.nanoTime();
        lease.want(plan.leaseEpoch(), plan.armGuard(), plan.allowGate(), now);
        readGate(now);
        answerRevocations(db);
        start(now);
    }

    private MemberView view(DatabaseStatus db) {
        long now = System.nanoTime();
        return new MemberView(
                settings.member(),
                group,
                hard,
                db,
                !stale && stepsOutstanding == 0,
                progress,
                lease.state().isHeld(now) ? lease.state().wanted() : 0,
                lease.state().leftNs(now) / 1_000_000,
                lease.state().armed(),
                ports.gate().isKernel(),
                pace.writeProbeAgeMs(now),
                revokeEpoch,
                Map.copyOf(peerLsn),
                serving(now),
                settings.timings(),
                new GroupCommand.Stamp(settings.member(), System.currentTimeMillis()),
                nowMs());
    }

    private void readGate(long now) {
        if (plan.allowRead()) {
            if (pace.readGateDue(now)) {
                ports.gate().openForRead(settings.timings().leaseFor());
            }
            gateShown = Gate.Position.READ;
        } else if (gateShown == Gate.Position.READ) {
            lease.close("this member is no longer to be read");
            gateShown = Gate.Position.CLOSED;
        }
    }

    private void answerRevocations(DatabaseStatus db) {
        if (revocations.isEmpty()) {
            return;
        }
        Evidence answer = MemberPlanner.revokeAnswer(
                view(db), (System.nanoTime() - revocations.getFirst().atNs()) / 1_000_000);
        if (answer != null) {
            List.copyOf(revocations).forEach(asked -> answer(asked, answer));
            revocations.clear();
        }
    }

    private void answer(Asked asked, Evidence evidence) {
        ports.send()
                .accept(
                        asked.from(),
                        new HandsMessage.RevokeAnswer(settings.group(), asked.request(), hard.maxEpoch(), evidence));
    }

    /** One step at a time; only a kill goes before one that runs. */
    private void start(long now) {
        Step step = plan.step();
        if (step == null || step.equals(running)) {
            return;
        }
        boolean kill = step instanceof Step.Kill && !(running instanceof Step.Kill);
        if (running != null && !kill || !pace.mayStart(step, now)) {
            return;
        }
        if (step instanceof Step.Kill || step instanceof Step.StopClean) {
            lease.close(plan.doing());
        }
        running = step;
        if (AgentPace.changesServer(step)) {
            stepsOutstanding++;
            stale = true;
        }
        getContext().getLog().debug("step {}", step);
        getContext()
                .pipeToSelf(
                        steps.run(step),
                        (outcome, failure) -> new StepDone(
                                step, outcome != null ? outcome : Outcome.unknown(String.valueOf(failure))));
    }

    private Behavior<Message> stepDone(StepDone m) {
        pace.finished(m.step(), System.nanoTime());
        if (AgentPace.changesServer(m.step())) {
            stepsOutstanding--;
            staleWhileLooking = true;
        }
        if (m.step().equals(running)) {
            running = null;
        }
        switch (m.outcome()) {
            case Outcome.Done<Object>(var value) -> {
                progress = Folding.done(progress, m.step(), value, nowMs());
                alarm = null;
            }
            case Outcome.Refused<Object>(var reason) -> {
                progress = Folding.refused(progress, m.step());
                stepFailed(m.step(), reason);
            }
            case Outcome.Unknown<Object>(var reason) -> stepFailed(m.step(), reason);
        }
        if (AgentPace.changesServer(m.step())) {
            look();
        }
        plan();
        return this;
    }

    private void stepFailed(Step step, String reason) {
        if (!(step instanceof Step.Submit)) {
            alarm = step + ": " + reason;
        }
        getContext().getLog().warn("{} did not succeed: {}", step, reason);
    }

    private Behavior<Message> probed(Probed m) {
        pace.probed(m.outcome() instanceof Outcome.Done<Duration>, m.startedNs());
        return this;
    }

    private Behavior<Message> guarded(Guarded m) {
        switch (m.event()) {
            case Guard.Event.Exited exited -> {
                getContext().getLog().warn("the server ended by itself: {}", exited);
                lease.close("the server died");
                progress = progress.crashed(nowMs());
            }
            case Guard.Event.Expired expired -> {
                getContext().getLog().warn("the guard killed the server: {}", expired);
                progress = progress.stopped();
            }
            case Guard.Event.Stuck stuck -> alarm = "a process does not die: " + stuck;
            case Guard.Event.Slept slept -> lease.close("this machine was suspended for " + slept.slept());
            case Guard.Event.Lost lost -> {
                getContext().getLog().warn("the guard is gone: {}", lost.reason());
                lease.close("the guard is gone");
                progress = progress.crashed(nowMs());
            }
        }
        look();
        return this;
    }

    private LeaseRunner.Listener listener() {
        ActorRef<Message> self = getContext().getSelf();
        return new LeaseRunner.Listener() {
            @Override
            public void staged(long round, boolean gate) {
                self.tell(new Staged(round, gate));
            }

            @Override
            public void gateMoved(boolean open, long epoch, String why) {
                pace.gateMoved(System.nanoTime());
                gateShown = open ? Gate.Position.OPEN : Gate.Position.CLOSED;
                ports.log()
                        .tell(new GroupLog.Submit(
                                new GroupCommand.ReportGate(
                                        new GroupCommand.Stamp(settings.member(), System.currentTimeMillis()),
                                        epoch,
                                        settings.member(),
                                        open,
                                        why),
                                null));
                announce();
            }

            @Override
            public void won(boolean first) {
                progress = progress.lease(false);
                if (first) {
                    plan();
                }
            }

            @Override
            public void lost() {
                progress = progress.lease(true);
            }

            @Override
            public void closeSessions(String why) {
                ports.database()
                        .admitClients(false)
                        .thenCompose(closed -> ports.database().terminateClients());
                progress = progress.admitting(false);
            }
        };
    }

    private CompletionStage<GroupLog.Answer> ask(GroupCommand command) {
        return AskPattern.ask(
                ports.log(),
                replyTo -> new GroupLog.Submit(command, replyTo),
                Duration.ofSeconds(10),
                getContext().getSystem().scheduler());
    }

    private void announce() {
        ports.tellPeers().accept(new HandsMessage.Status(status()));
    }

    private MemberStatus status() {
        long now = System.nanoTime();
        DatabaseStatus db = database;
        return new MemberStatus(
                settings.group(),
                settings.member(),
                hard.incarnation(),
                pace.nextSequence(),
                hard.maxEpoch(),
                group == null ? 0 : group.epoch(),
                logVersion,
                db == null ? DatabaseStatus.unknown("not looked at yet") : db,
                lease.gateIsOpen()
                        ? Gate.Position.OPEN
                        : gateShown == Gate.Position.READ ? gateShown : Gate.Position.CLOSED,
                lease.state().leftNs(now) / 1_000_000,
                pace.writeProbeAgeMs(now),
                plan.doing(),
                alarm);
    }

    private static long nowMs() {
        return System.nanoTime() / 1_000_000;
    }
}
