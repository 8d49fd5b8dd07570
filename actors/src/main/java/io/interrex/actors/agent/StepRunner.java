package io.interrex.actors.agent;

import io.interrex.actors.log.GroupLog;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.member.Step;
import io.interrex.cluster.port.Database;
import io.interrex.cluster.port.Guard;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

/** Carries out one {@link Step} through the ports; the outcome's value is what the step's port method gives. */
final class StepRunner {

    private final String group;
    private final String member;
    private final Database database;
    private final Guard guard;
    private final Consumer<HandsMessage> toVoters;
    private final Function<GroupCommand, CompletionStage<GroupLog.Answer>> submit;
    private final Duration stopLimit;

    StepRunner(
            String group,
            String member,
            Database database,
            Guard guard,
            Consumer<HandsMessage> toVoters,
            Function<GroupCommand, CompletionStage<GroupLog.Answer>> submit,
            Duration stopLimit) {
        this.group = group;
        this.member = member;
        this.database = database;
        this.guard = guard;
        this.toVoters = toVoters;
        this.submit = submit;
        this.stopLimit = stopLimit;
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
            case Step.Admit s -> any(database.admitClients(true));
            case Step.StopClean s -> any(database.stopClean(stopLimit));
            case Step.Rewind s -> disarmedThen(() -> any(database.rewindTo(s.upstream())));
            case Step.Clone s -> disarmedThen(() -> any(database.cloneFrom(s.upstream())));
            case Step.Kill s -> any(database.kill());
            case Step.Release s -> {
                toVoters.accept(new HandsMessage.Release(group, member, s.epoch()));
                yield CompletableFuture.completedFuture(Outcome.done(Nothing.NOTHING));
            }
            case Step.Submit s -> submit.apply(s.command()).thenApply(StepRunner::answered);
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

    private static <T> CompletionStage<Outcome<Object>> any(CompletionStage<Outcome<T>> stage) {
        return stage.thenApply(outcome -> outcome.map(value -> (Object) value));
    }
}
