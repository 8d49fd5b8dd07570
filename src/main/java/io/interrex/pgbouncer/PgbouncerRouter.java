package io.interrex.pgbouncer;

import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.Pooler;
import io.interrex.cluster.routing.RoutePlan;
import io.interrex.host.KeptProgram;
import io.interrex.host.ProgramPath;
import io.interrex.router.KeptRouter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves the clients of one group with PgBouncer, and makes them wait; {@link KeptRouter} keeps it true. */
public final class PgbouncerRouter implements Pooler {
    private static final Logger LOG = LoggerFactory.getLogger(PgbouncerRouter.class);

    private final KeptRouter kept;
    private final PoolRunner runner;
    private final AtomicLong holds = new AtomicLong();

    private PgbouncerRouter(KeptRouter kept, PoolRunner runner) {
        this.kept = kept;
        this.runner = runner;
    }

    /**
     * Returns when PgBouncer answers, without any database yet.
     *
     * @param reports gets one sentence for each thing that went wrong or right again, on any thread
     * @throws PgbouncerException with the remedy, if there is no PgBouncer to work with
     */
    public static PgbouncerRouter start(PgbouncerSettings settings, Consumer<String> reports) {
        var runner = new PoolRunner(settings);
        var kept = new KeptRouter(
                new KeptRouter.Identity(
                        "PgBouncer",
                        settings.group(),
                        settings.members().stream().map(MemberInfo::name).collect(Collectors.toSet()),
                        settings.socket().toString()),
                runner,
                reports);
        try {
            Path program = find(
                    settings.binary(),
                    "install it (Debian: apt-get install pgbouncer), or name its path in routers.NAME.bin");
            Path setpriv = find("setpriv", "install util-linux: PgBouncer must die with its node");
            requireNobodyAt(settings);
            PgbouncerConfig.prepare(settings);
            var child = new KeptProgram(
                    "PgBouncer of group " + settings.group(),
                    setpriv,
                    List.of(
                            program.toString(),
                            settings.runtimeDir().resolve(PgbouncerConfig.FILE).toString()),
                    () -> PgbouncerConfig.writeClosed(settings),
                    line -> line.contains(" LOG "),
                    () -> isUp(runner),
                    kept.reports(),
                    kept::watchSoon);
            kept.own(child);
            child.start();
        } catch (KeptProgram.NotUp e) {
            kept.close();
            throw new PgbouncerException(e.getMessage() + " (1.18 or newer is needed, and it does not run as root)", e);
        } catch (PgbouncerException e) {
            kept.close();
            throw e;
        }
        kept.watchOn();
        return new PgbouncerRouter(kept, runner);
    }

    @Override
    public String name() {
        return kept.name();
    }

    /** Process id of the PgBouncer that runs now, else null. */
    public @Nullable Long pid() {
        return kept.pid();
    }

    @Override
    public CompletionStage<Outcome<Nothing>> apply(RoutePlan plan) {
        return kept.apply(plan);
    }

    @Override
    public void use(Collection<MemberInfo> members) {
        kept.use(members);
    }

    @Override
    public CompletionStage<Outcome<Sessions>> sessions() {
        return kept.sessions();
    }

    @Override
    public CompletionStage<Outcome<Nothing>> hold(Duration limit, Duration expires) {
        long hold = holds.incrementAndGet();
        kept.later(expires, () -> {
            if (holds.compareAndSet(hold, hold + 1) && runner.holds()) {
                LOG.warn(
                        "{} made clients wait for {} ms, and nobody said that they go on: they do now",
                        name(),
                        expires.toMillis());
                runner.release();
            }
        });
        return kept.inTurn(() -> runner.hold(limit, () -> kept.movesWriter(runner.current())));
    }

    @Override
    public CompletionStage<Outcome<Nothing>> release() {
        holds.incrementAndGet();
        return kept.inTurn(runner::release);
    }

    @Override
    public void close() {
        kept.close();
    }

    private static boolean isUp(PoolRunner runner) {
        try {
            return runner.missing() == null;
        } catch (IOException e) {
            return false;
        }
    }

    private static Path find(String program, String remedy) {
        return ProgramPath.find(program)
                .orElseThrow(() -> new PgbouncerException("program %s was not found; %s".formatted(program, remedy)));
    }

    /** A PgBouncer that still answers here is not ours: it would serve the same port by plans that we do not know. */
    private static void requireNobodyAt(PgbouncerSettings settings) {
        if (!Files.exists(settings.socket())) {
            return;
        }
        try (Console console = Console.open(settings.socket(), settings.callMax())) {
            console.ask("SHOW VERSION");
        } catch (Console.Refusal | Console.TooLate e) {
            LOG.debug("somebody is there", e);
        } catch (IOException e) {
            return;
        }
        throw new PgbouncerException("another PgBouncer answers at %s; stop it, or choose another runtime directory"
                .formatted(settings.socket()));
    }
}
