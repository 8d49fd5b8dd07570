package io.interrex.cluster.simulation;

import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.member.Step;
import io.interrex.cluster.port.Database.Upstream;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Carries out one {@link Step} on the simulated server. */
final class StepsOf {

    private StepsOf() {}

    static void run(
            Step step,
            Postgres pg,
            Gates gates,
            Consumer<Outcome<Object>> done,
            LongConsumer release,
            Consumer<UUID> hold,
            Consumer<GroupCommand> submit) {
        switch (step) {
            case Step.Initialise s -> pg.initialise(done);
            case Step.StartStandby s -> {
                gates.disarm();
                pg.startStandby(nameOf(s.upstream()), done);
            }
            case Step.StartPrimary s -> pg.startPrimary(s.syncSet(), done);
            case Step.Follow s -> pg.follow(s.upstream().member(), done);
            case Step.Detach s -> pg.detach(done);
            case Step.Promote s -> pg.promote(s.syncSet(), done);
            case Step.WriteMarker s -> pg.writeMarker(s.epoch(), s.uuid(), done);
            case Step.ApplySyncSet s -> pg.applySyncSet(s.syncSet(), done);
            case Step.CheckFlushed s -> pg.flushedBy(s.lsn(), s.members(), done);
            case Step.EnsureSlots s -> pg.quick(done);
            case Step.Checkpoint s -> pg.quick(done);
            case Step.HoldPoolers s -> {
                hold.accept(s.operation());
                done.accept(Outcome.done(Nothing.NOTHING));
            }
            case Step.Admit s -> pg.admit(done);
            case Step.StopClean s -> pg.stopClean(done);
            case Step.Rewind s -> {
                gates.disarm();
                pg.rewind(s.upstream().member(), done);
            }
            case Step.Clone s -> {
                gates.disarm();
                pg.cloneFrom(s.source().member(), done);
            }
            case Step.Kill s -> pg.kill(done);
            case Step.Release s -> {
                release.accept(s.epoch());
                done.accept(Outcome.done(Nothing.NOTHING));
            }
            case Step.Submit s -> submit.accept(s.command());
        }
    }

    private static @Nullable String nameOf(@Nullable Upstream upstream) {
        return upstream == null ? null : upstream.member();
    }
}
