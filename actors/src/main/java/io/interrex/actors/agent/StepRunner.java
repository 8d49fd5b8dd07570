package io.interrex.actors.agent;

import io.interrex.actors.log.GroupLog;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.member.Step;
import io.interrex.cluster.port.Database;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.Guard;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.Slot;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.Scheduler;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.jspecify.annotations.Nullable;

/** Carries out one {@link Step} through the ports; the outcome's value is what the step's port method gives. */
final class StepRunner {

    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
    private static final Duration LOG_LIMIT = Duration.ofSeconds(10);

    private final AgentSettings settings;
    private final AgentPorts ports;
    private final Database database;
    private final Guard guard;
    private final Scheduler scheduler;
    private final AgentSlots slots;

    StepRunner(AgentSettings settings, AgentPorts ports, Scheduler scheduler) {
        this.settings = settings;
        this.ports = ports;
        this.database = ports.database();
        this.guard = ports.guard();
        this.scheduler = scheduler;
        this.slots = new AgentSlots(settings.member(), ports);
    }

    /** @param there the slots that a look has shown since the last call, null: none has */
    void keepSlots(
            @Nullable GroupState group,
            @Nullable DatabaseStatus seen,
            @Nullable List<Slot> there,
            AgentPeers peers,
            long nowNs) {
        slots.tick(group, seen, there, peers, nowNs);
    }

    /** Without a kernel gate: nobody comes in, and who is in is sent away. */
    void closeSessions() {
        database.admitClients(false).thenCompose(closed -> database.terminateClients());
    }

    private CompletionStage<GroupLog.Answer> submit(GroupCommand command) {
        return AskPattern.ask(ports.log(), replyTo -> new GroupLog.Submit(command, replyTo), LOG_LIMIT, scheduler);
    }

    private void toVoters(HandsMessage message) {
        settings.voters().forEach(voter -> ports.send().accept(voter, message));
    }

    CompletionStage<Outcome<Object>> run(Step step) {
        return switch (step) {
            case Step.Initialise s -> any(database.initialise());
            case Step.StartStandby s -> disarmedThen(() -> any(database.startAsStandby(s.upstream())));
            case Step.StartPrimary s -> any(database.startAsPrimary(s.syncSet()));
            case Step.Follow s -> any(database.follow(s.upstream()));
            case Step.Detach s -> any(database.detach());
            case Step.Promote s -> any(database.promote(s.syncSet()));
            case Step.WriteMarker s -> any(database.writeMarker(s.epoch(), s.uuid()));
            case Step.ApplySyncSet s -> any(database.applySyncSet(s.syncSet()));
            case Step.CheckFlushed s -> any(database.flushedBy(s.lsn(), s.members()));
            case Step.EnsureSlots s -> any(database.ensureSlots(s.members()));
            case Step.Checkpoint s -> any(database.checkpoint());
            case Step.HoldPoolers s -> {
                ports.tellPeers()
                        .accept(new HandsMessage.Hold(settings.group(), s.operation(), Step.HoldPoolers.LIMIT_MS));
                yield CompletableFuture.completedFuture(Outcome.done(Nothing.NOTHING));
            }
            case Step.Admit s -> any(database.admitClients(true, s.readOnly()));
            case Step.StopClean s -> any(database.stopClean(STOP_LIMIT));
            case Step.Rewind s -> disarmedThen(() -> keeping(database.rewindTo(s.upstream())));
            case Step.Clone s -> disarmedThen(() -> keeping(database.cloneFrom(s.upstream(), s.source())));
            case Step.Kill s -> any(database.kill());
            case Step.Release s -> {
                toVoters(new HandsMessage.Release(settings.group(), settings.member(), s.epoch()));
                yield CompletableFuture.completedFuture(Outcome.done(Nothing.NOTHING));
            }
            case Step.Submit s -> submit(s.command()).thenApply(StepRunner::answered);
        };
    }

    private static Outcome<Object> answered(GroupLog.Answer answer) {
        if (!answer.known()) {
            return Outcome.unknown(answer.why());
        }
        return answer.accepted() ? Outcome.done(answer) : Outcome.refused(answer.why());
    }

    private interface Then {
        CompletionStage<Outcome<Object>> run();
    }

    /** A server in recovery is not guarded by time: the guard has to be told before it starts one. */
    private CompletionStage<Outcome<Object>> disarmedThen(Then then) {
        return guard.disarm().thenCompose(outcome -> switch (outcome) {
            case Outcome.Done<Nothing> d -> then.run();
            case Outcome.Refused<Nothing>(var reason) ->
                CompletableFuture.completedFuture(Outcome.<Object>refused(reason));
            case Outcome.Unknown<Nothing>(var reason) ->
                CompletableFuture.completedFuture(Outcome.<Object>unknown(reason));
        });
    }

    /** Whatever became of it: people are told what was kept before, and where. */
    private CompletionStage<Outcome<Object>> keeping(CompletionStage<Outcome<Nothing>> stage) {
        return any(stage).thenApply(outcome -> {
            var stamp = new GroupCommand.Stamp(settings.member(), System.currentTimeMillis());
            for (Database.Kept kept : database.kept()) {
                ports.log()
                        .tell(new GroupLog.Submit(
                                new GroupCommand.ReportWalKept(stamp, settings.member(), kept), null));
            }
            return outcome;
        });
    }

    private static <T> CompletionStage<Outcome<Object>> any(CompletionStage<Outcome<T>> stage) {
        return stage.thenApply(outcome -> outcome.map(value -> (Object) value));
    }
}
