package io.interrex.postgresql;

import static io.interrex.cluster.port.Nothing.NOTHING;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.port.Database;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.Drift;
import io.interrex.cluster.port.Guard;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.SlotKeeper;
import io.interrex.cluster.port.SlotPlan;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One member's PostgreSQL server. One thread looks, one changes, one probes the write path, one keeps slots, each over its own
 * connection; killing needs none of them.
 */
public final class PostgresDatabase implements Database, SlotKeeper {

    /** What an outcome may take beyond the limits of what it consists of. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    /**
     * A running server has the limit to answer; a stopped one is no hang because pg_controldata is slow on a busy host, nor is
     * its first look.
     */
    private static final int LOOK_FACTOR = 4;

    private final PostgresSettings settings;
    private final Guard guard;
    private final ServerConfiguration configuration;
    private final ServerProcess process;
    private final Tools tools;
    private final Session changing;
    private final Session looking;
    private final Session probing;
    private final Session checkpointing;
    private final Operations changes;
    private final Operations looks;
    private final Operations probes;
    private final Operations checkpoints;
    private final Operations checks;
    private final Starter starter;
    private final Slots slots;
    private final Operations slotting;
    private final Session keeping;
    private final PermanentSlots permanentSlots;
    private final Replication replication;
    private final Markers markers;
    private final OwnPast ownPast;
    private final DivergentWal divergentWal;
    private final Queue<Kept> kept = new ConcurrentLinkedQueue<>();
    private final AtomicInteger kills = new AtomicInteger();
    private final CommitRule rule;
    private final StatusProbe statusProbe;
    private final ServerParameters parameters;
    private final ParameterCheck check;
    private final ServerDrift drift;
    private volatile @Nullable CopyProgress progress;
    private @Nullable CompletionStage<DatabaseStatus> look;

    public PostgresDatabase(PostgresSettings settings, Guard guard, ProcessLauncher launcher) {
        this.settings = settings;
        this.guard = guard;
        this.configuration = new ServerConfiguration(settings);
        this.process = new ServerProcess(settings, guard);
        this.tools = new Tools(launcher);
        this.changing = Session.ofAgent(settings, "agent");
        this.looking = Session.ofAgent(settings, "status");
        this.probing = Session.ofAgent(settings, "probe");
        this.checkpointing = Session.ofAgent(settings, "checkpoint");
        String name = settings.member();
        this.changes = new Operations(name, "postgres-" + name);
        this.looks = new Operations(name, "postgres-status-" + name);
        this.probes = new Operations(name, "postgres-probe-" + name);
        this.checkpoints = new Operations(name, "postgres-checkpoint-" + name);
        this.checks = new Operations(name, "postgres-check-" + name);
        this.slots = new Slots(settings, changing);
        this.slotting = new Operations(name, "postgres-slots-" + name);
        this.keeping = Session.ofAgent(settings, "slots");
        this.permanentSlots = new PermanentSlots(settings, keeping);
        this.starter =
                new Starter(settings, configuration, process, changing, slots, permanentSlots, changes::isHurried);
        this.replication = new Replication(settings, configuration, process, tools, changing);
        this.markers = new Markers(settings, changing);
        this.ownPast = new OwnPast(settings, process, starter, replication, markers);
        this.divergentWal = new DivergentWal(settings, tools, kept::add);
        this.rule = new CommitRule(settings, configuration, changing, markers, this::checkpoint);
        this.parameters = new ServerParameters(settings, configuration, process, changing);
        this.check = new ParameterCheck(settings, launcher);
        this.drift = new ServerDrift(settings, configuration, looking);
        this.statusProbe = new StatusProbe(settings, configuration, process, new Tools(launcher), looking);
    }

    @Override
    public synchronized CompletionStage<DatabaseStatus> status() {
        CompletionStage<DatabaseStatus> current = look;
        if (current != null && !current.toCompletableFuture().isDone()) {
            return current;
        }
        Duration limit = settings.limits().status();
        CompletionStage<DatabaseStatus> begun = looks.submit(
                        "status", limit.multipliedBy(LOOK_FACTOR), statusProbe::look)
                .thenApply(outcome ->
                        outcome instanceof Outcome.Done<DatabaseStatus>(var seen) ? seen : statusProbe.late(limit));
        look = begun;
        return begun;
    }

    /** How many connections clients have, as far as it is known now. */
    public CompletionStage<ServerSlots> slots() {
        return looks.submit(
                        "count connections",
                        settings.limits().status(),
                        () -> ServerSlots.read(looking, settings, permanentSlots))
                .thenApply(
                        outcome -> outcome instanceof Outcome.Done<ServerSlots>(var seen) ? seen : ServerSlots.UNKNOWN);
    }

    @Override
    public CompletionStage<Outcome<Nothing>> keep(SlotPlan plan) {
        return slotting.submit("keep slots", PermanentSlots.MAKING.plus(GRACE), () -> {
            permanentSlots.keep(plan);
            return NOTHING;
        });
    }

    /** Logical slots may be made on this server from its next start on. @return how that came out, by parameter */
    public CompletionStage<Outcome<SortedMap<String, String>>> useLogical() {
        configuration.useLogical();
        return changes.submit(
                "raise wal_level",
                settings.limits().sql().multipliedBy(2).plus(GRACE),
                () -> parameters.apply(List.of("wal_level")));
    }

    /** Which of these parameters PostgreSQL would not take, each with the reason. */
    public CompletionStage<Outcome<SortedMap<String, String>>> refusedParameters(Map<String, String> wanted) {
        Duration limit = settings.limits().tool();
        return checks.submit("check parameters", limit, () -> {
            try (var fresh = Session.ofAgent(settings, "check")) {
                return check.refused(wanted, process.find() == null ? null : fresh);
            }
        });
    }

    /** These are a person's parameters from now on, also where the server cannot be told now. @return how the changed ones came out */
    public CompletionStage<Outcome<SortedMap<String, String>>> useParameters(
            Map<String, String> wanted, Collection<String> changed) {
        configuration.use(wanted);
        return changes.submit(
                "apply parameters",
                settings.limits().sql().multipliedBy(2).plus(GRACE),
                () -> parameters.apply(changed));
    }

    /** These are the members of its group from now on, itself among them. */
    public void useMembers(Collection<String> members) {
        slots.use(members);
    }

    /** A server that was there before this process reads what this process's configuration says. */
    public CompletionStage<Outcome<Nothing>> refreshParameters() {
        return changes.submit("refresh parameters", settings.limits().sql().plus(GRACE), () -> {
            parameters.refresh();
            return NOTHING;
        });
    }

    /** Settings that somebody decides past Interrex, as far as it is known now. */
    public CompletionStage<List<Drift>> drift() {
        return looks.submit("look for other settings", settings.limits().status(), drift::look)
                .thenApply(outcome -> outcome instanceof Outcome.Done<List<Drift>>(var seen) ? seen : List.of());
    }

    @Override
    public CompletionStage<Outcome<Nothing>> initialise() {
        return changes.submitLong("initialise", settings.limits().tool().multipliedBy(4), () -> {
            new Bootstrap(settings, configuration, process, tools).initialise();
            return NOTHING;
        });
    }

    @Override
    public CompletionStage<Outcome<Nothing>> cloneFrom(Upstream upstream, Upstream source) {
        return changes.submitLong("clone", settings.limits().copy().plus(GRACE), () -> {
            var copy = new CopyProgress(Instant.now(), System.nanoTime());
            progress = copy;
            try {
                new Cloning(settings, configuration, process, tools, starter, ownPast, kills::get, divergentWal, copy)
                        .from(to(upstream), to(source));
                return NOTHING;
            } finally {
                progress = null;
            }
        });
    }

    @Override
    public List<Kept> kept() {
        var all = new ArrayList<Kept>();
        for (Kept one = kept.poll(); one != null; one = kept.poll()) {
            all.add(one);
        }
        return all;
    }

    @Override
    public String progress() {
        CopyProgress copy = progress;
        return copy == null ? "" : copy.words();
    }

    @Override
    public CompletionStage<Outcome<Nothing>> rewindTo(Upstream upstream) {
        return changes.submitLong("rewind", settings.limits().copy().plus(GRACE), () -> {
            new Rewinding(settings, configuration, process, tools, starter, ownPast, divergentWal).to(to(upstream));
            return NOTHING;
        });
    }

    @Override
    public CompletionStage<Outcome<Nothing>> startAsStandby(@Nullable Upstream upstream) {
        return changes.submit("start as a standby", settings.limits().start().plus(GRACE), () -> {
            starter.asStandby(upstream == null ? null : to(upstream));
            return NOTHING;
        });
    }

    @Override
    public CompletionStage<Outcome<Nothing>> startAsPrimary(SyncSet syncSet) {
        return changes.submit("start as a primary", settings.limits().start().plus(GRACE), () -> {
            starter.asPrimary(syncSet);
            slots.ensureAll();
            return NOTHING;
        });
    }

    @Override
    public CompletionStage<Outcome<Nothing>> follow(Upstream upstream) {
        return changes.submit("follow", settings.limits().sql().plus(GRACE), () -> {
            replication.follow(to(upstream));
            return NOTHING;
        });
    }

    private Upstream to(Upstream member) {
        return settings.replication().to(member);
    }

    @Override
    public CompletionStage<Outcome<Position>> detach() {
        return changes.submitUrgent("detach", settings.limits().detach().plus(GRACE), replication::detach);
    }

    @Override
    public CompletionStage<Outcome<Promoted>> promote(SyncSet syncSet) {
        var promotion = new Promotion(settings, configuration, changing, slots);
        CompletionStage<Outcome<Promoted>> promoted =
                changes.submit("promote", settings.limits().promote().plus(GRACE), () -> promotion.promote(syncSet));
        return promoted.thenApply(outcome -> {
            if (outcome instanceof Outcome.Done) {
                CompletionStage<Outcome<Nothing>> unused = checkpoint();
            }
            return outcome;
        });
    }

    @Override
    public CompletionStage<Outcome<Lsn>> writeMarker(long epoch, UUID uuid) {
        return changes.submit(
                "write the epoch marker", settings.limits().sql().plus(GRACE), () -> markers.write(epoch, uuid));
    }

    @Override
    public CompletionStage<Outcome<Lsn>> applySyncSet(SyncSet syncSet) {
        return changes.submit(
                "apply the commit rule", settings.limits().senders().plus(GRACE), () -> rule.apply(syncSet));
    }

    @Override
    public CompletionStage<Outcome<Collection<String>>> flushedBy(Lsn lsn, Collection<String> members) {
        return changes.submit(
                "ask what is flushed", settings.limits().sql().plus(GRACE), () -> rule.flushedBy(lsn, members));
    }

    @Override
    public CompletionStage<Outcome<Nothing>> ensureSlots(Collection<String> members) {
        return changes.submit("make slots", settings.limits().sql().plus(GRACE), () -> {
            slots.ensure(members);
            return NOTHING;
        });
    }

    @Override
    public CompletionStage<Outcome<Duration>> probeWrite(Duration limit) {
        return probes.submit("probe the write path", limit, () -> new Markers(settings, probing).probe(limit));
    }

    @Override
    public CompletionStage<Outcome<Nothing>> checkpoint() {
        Duration limit = settings.limits().tool();
        return checkpoints.submit("checkpoint", limit.plus(GRACE), () -> {
            checkpointing.execute(limit, "checkpoint");
            return NOTHING;
        });
    }

    @Override
    public CompletionStage<Outcome<Nothing>> admitClients(boolean admitted, boolean readOnly) {
        return changes.submit(
                "admit clients: " + admitted, settings.limits().sql().plus(GRACE), () -> {
                    configuration.write(configuration.role().admitting(admitted, readOnly));
                    if (process.find() != null) {
                        process.reload();
                    }
                    return NOTHING;
                });
    }

    @Override
    public CompletionStage<Outcome<List<Reign>>> lineage() {
        return changes.submit("read the lineage", settings.limits().sql().plus(GRACE), markers::lineage);
    }

    @Override
    public CompletionStage<Outcome<Nothing>> terminateClients() {
        return changes.submit("end clients' sessions", settings.limits().sql().plus(GRACE), () -> {
            new Clients(settings, changing).terminate();
            return NOTHING;
        });
    }

    @Override
    public CompletionStage<Outcome<Lsn>> stopClean(Duration limit) {
        return changes.submitUrgent(
                "stop", limit.plus(GRACE), () -> new CleanStop(settings, process, tools).stop(limit));
    }

    @Override
    public CompletionStage<Outcome<Guard.Death>> kill() {
        Duration limit = settings.limits().kill();
        kills.incrementAndGet();
        tools.abort();
        return guard.kill(limit)
                .thenCompose(killed -> killed instanceof Outcome.Done<Guard.Death>(var first)
                        ? guard.sweep(settings.data(), limit)
                                .thenApply(swept -> swept.map(rest -> new Guard.Death(
                                        first.killed() + rest.killed(),
                                        first.took().plus(rest.took()))))
                        : guard.sweep(settings.data(), limit))
                .thenApply(outcome -> {
                    changing.abort();
                    looking.abort();
                    probing.abort();
                    checkpointing.abort();
                    keeping.abort();
                    return outcome;
                })
                .toCompletableFuture()
                .completeOnTimeout(
                        Outcome.unknown("the guard did not report the end of the kill in time"),
                        limit.multipliedBy(2).plus(GRACE).toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        List.of(changes, looks, probes, checkpoints, checks, slotting).forEach(Operations::close);
        tools.abort();
        List.of(changing, looking, probing, checkpointing, keeping).forEach(Session::close);
    }
}
