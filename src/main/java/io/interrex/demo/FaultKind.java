package io.interrex.demo;

import io.interrex.lab.Fault;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What the story and the bench break, with the promise that they hold Interrex to. */
enum FaultKind {
    KILL("primary's postmaster killed (-9)", Fault.PROCESS_DEATH, 1000, 600),
    HOST("primary's host killed: all its processes at once", Fault.HOST_DEATH, 3000, 2000),
    POWER("primary's host loses power, silently", Fault.HOST_DEATH, 3000, 2000),
    CUT("primary's host cut off from all", Fault.CUT, 3000, 2000),
    PEERS("primary's host cut off from the other members only", Fault.CUT, 3000, 2000),
    SWITCHOVER("switchover", Fault.PROCESS_DEATH, 1000, 500),
    REPLICA("synchronous replica's host killed (k < |S|)", Fault.HOST_DEATH, 500, 300),
    COPY("synchronous replica's host killed (k = |S|)", Fault.HOST_DEATH, 3000, 1500),
    LEADING("synchronous replica's host killed (k = |S|), its voter led the log", Fault.HOST_DEATH, 5000, 2500),
    BOTH("primary's host and the log's leader's die at once (five voters)", Fault.HOST_DEATH, 6000, 3000),
    STANDBYS("both standbys' PostgreSQL killed (-9) as often as it starts", Fault.PROCESS_DEATH, 3000),
    MAJORITY("both standbys' hosts killed: no majority of voters until they are back", Fault.HOST_DEATH, 10_000),
    AGENT("primary's node killed (-9) and started again; its PostgreSQL goes on", Fault.PROCESS_DEATH, 500, 100),
    GONE("primary's node killed (-9), not started again; its PostgreSQL goes on", Fault.PROCESS_DEATH, 3000, 2000),
    UPGRADE("primary's node ended (SIGTERM) and started again, as for an upgrade", Fault.PROCESS_DEATH, 500),
    ROLLING(
            "every node ended (SIGTERM), upgraded and started again, the primary's first, one when all are settled",
            Fault.PROCESS_DEATH,
            500),
    HANG("primary's node stopped (SIGSTOP); its PostgreSQL goes on", Fault.PROCESS_DEATH, 3000, 2000),
    STALL("primary's postmaster and all its backends stopped (SIGSTOP)", Fault.PROCESS_DEATH, 6000, 3000),
    RESTART("all hosts killed at once and booted", Fault.HOST_DEATH, 15_000),
    DISK("primary's disk filled until it is nearly full", Fault.SMALL_DISK, 1000),
    FULL("primary's disk full", Fault.SMALL_DISK, 6000, 3000),
    LOG("event log's port cut between all nodes for ten seconds", Fault.CUT, 500, 100);

    /** Those that the figures in the README are of. */
    static final List<FaultKind> MEASURED = List.of(
            KILL,
            HOST,
            POWER,
            CUT,
            PEERS,
            HANG,
            GONE,
            AGENT,
            SWITCHOVER,
            BOTH,
            REPLICA,
            COPY,
            LEADING,
            STALL,
            FULL,
            LOG);

    private static final Duration LOG_AWAY = Duration.ofSeconds(10);
    private static final int LOG_PORT = 7402;

    private final String title;
    private final Fault needs;
    private final long outageMaxMs;
    private final long aimMs;

    FaultKind(String title, Fault needs, long outageMaxMs) {
        this(title, needs, outageMaxMs, outageMaxMs);
    }

    FaultKind(String title, Fault needs, long outageMaxMs, long aimMs) {
        this.title = title;
        this.needs = needs;
        this.outageMaxMs = outageMaxMs;
        this.aimMs = aimMs;
    }

    String title() {
        return title;
    }

    /** What the laboratory must be able to do for it. */
    Fault needs() {
        return needs;
    }

    /** The promise of a story, on a machine that does other things, too: a single one is not above twice it. */
    Duration outageMax() {
        return Duration.ofMillis(outageMaxMs);
    }

    /** The promise of the bench: the median of many is not above it, a single one not above twice it. */
    Duration aim() {
        return Duration.ofMillis(aimMs);
    }

    Layout layout() {
        return switch (this) {
            case AGENT -> Layout.DEFAULT_PROFILE;
            case BOTH -> Layout.FIVE_VOTERS;
            case COPY, LEADING -> Layout.TWO_COPIES;
            case DISK, FULL -> Layout.SMALL_DISKS;
            case KILL,
                    HOST,
                    POWER,
                    CUT,
                    PEERS,
                    SWITCHOVER,
                    REPLICA,
                    STANDBYS,
                    MAJORITY,
                    GONE,
                    UPGRADE,
                    ROLLING,
                    HANG,
                    STALL,
                    RESTART,
                    LOG -> Layout.USUAL;
        };
    }

    /** Whether the voter of such a host has to lead the log before it breaks. */
    boolean needsLogLedBy(Installation installation, Sight now) {
        return switch (this) {
            case BOTH -> !installation.layout().witnesses().contains(now.logLeader());
            case LEADING -> !now.streaming().contains(now.logLeader());
            case COPY -> !now.logLeader().equals(now.primary());
            default -> false;
        };
    }

    /** Whether nobody can write until it is mended, by design; the outage counts from then. */
    boolean stopsWrites() {
        return this == MAJORITY;
    }

    /** Whether a failover, a restart or a switchover answers it. */
    boolean hasSteps() {
        return switch (this) {
            case KILL, HOST, POWER, CUT, PEERS, SWITCHOVER, BOTH, GONE, HANG, STALL, RESTART, DISK, FULL -> true;
            case REPLICA, COPY, LEADING, STANDBYS, MAJORITY, AGENT, UPGRADE, ROLLING, LOG -> false;
        };
    }

    /** Whether the primary's node ends and is started anew, and its database should not notice. */
    boolean replacesNode() {
        return this == AGENT || this == UPGRADE || this == ROLLING;
    }

    /** Whether the old primary serves until it hands over: no transaction through the pooler may fail. */
    boolean isHandedOver() {
        return this == SWITCHOVER || this == DISK;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static FaultKind of(String word) {
        return Arrays.stream(values())
                .filter(kind -> kind.word().equals(word.strip()))
                .findFirst()
                .orElseThrow(() -> new DemoException("there is no fault '" + word + "'; there are " + words()));
    }

    static String words() {
        return Arrays.stream(values()).map(FaultKind::word).collect(Collectors.joining(", "));
    }

    /** Which member it hits. */
    String victim(Sight before) {
        return switch (this) {
            case REPLICA, COPY -> before.streaming().getLast();
            case LEADING -> before.logLeader();
            default -> before.primary();
        };
    }

    void inject(Installation installation, String member, Sight before) {
        List<String> standbys = before.streaming();
        switch (this) {
            case KILL -> installation.killPostmaster(member);
            case HOST, REPLICA, COPY, LEADING -> installation.crashHost(member);
            case POWER -> installation.killHost(member);
            case BOTH -> {
                installation.crashHost(member);
                installation.crashHost(before.logLeader());
            }
            case CUT -> installation.cut(member);
            case PEERS -> installation.cutFromPeers(member);
            case SWITCHOVER -> installation.api().switchover(installation.lab().address(member), standbys.getLast());
            case STANDBYS -> standbys.forEach(installation.processes()::keepKillingPostmaster);
            case MAJORITY -> standbys.forEach(installation::killHost);
            case AGENT -> installation.processes().restartNode(member);
            case UPGRADE -> installation.processes().upgradeNode(member);
            case ROLLING -> installation.processes().upgradeAll(member);
            case HANG -> installation.processes().stopNode(member);
            case GONE -> installation.processes().killNode(member);
            case STALL -> installation.processes().stopServer(member);
            case DISK -> installation.ballast(member).fill();
            case FULL -> installation.ballast(member).fillWhole();
            case LOG -> installation.lab().cutPort(LOG_PORT);
            case RESTART -> {
                installation.hosts().forEach(installation::killHost);
                installation.hosts().forEach(installation::bootHost);
            }
        }
    }

    void mend(Installation installation, String member, Sight before) {
        List<String> standbys = before.streaming();
        switch (this) {
            case KILL, SWITCHOVER, AGENT, UPGRADE, ROLLING, STALL, RESTART -> {
                // nothing stays broken
            }
            case HOST, POWER, REPLICA, COPY, LEADING -> installation.bootHost(member);
            case BOTH -> {
                installation.bootHost(member);
                installation.bootHost(before.logLeader());
            }
            case GONE -> installation.start(member);
            case CUT, PEERS, LOG -> installation.heal();
            case STANDBYS -> installation.processes().stopKilling();
            case MAJORITY -> standbys.forEach(installation::bootHost);
            case HANG -> installation.processes().continueNode(member);
            case DISK, FULL -> installation.ballast(member).remove();
        }
    }

    /** How long it stays broken at least. */
    Duration lasts() {
        return this == LOG ? LOG_AWAY : Duration.ZERO;
    }

    /** Whether Interrex has done what it does about the fault. */
    boolean isAnswered(Installation installation, String member, List<Happening> events) {
        return switch (this) {
            case AGENT, UPGRADE, ROLLING ->
                installation.api().isReady(installation.lab().address(member));
            case MAJORITY ->
                closed(installation.api().status(installation.lab().address(member)), member)
                        && installation.places().wasTold("No majority of voters");
            case LOG -> installation.sights().stream().noneMatch(Sight::isLogWritable);
            case KILL, STALL, RESTART ->
                events.stream().anyMatch(e -> e.is("PrimaryEstablished") || e.is("RestartBarrier"));
            case HOST, POWER, CUT, PEERS, SWITCHOVER, BOTH, GONE, HANG, DISK, FULL ->
                events.stream().anyMatch(e -> e.is("PrimaryEstablished"));
            case REPLICA, COPY, LEADING -> events.stream().anyMatch(e -> e.is("SyncSetApplied"));
            case STANDBYS -> events.stream().anyMatch(FaultKind::isDegraded);
        };
    }

    private static boolean isDegraded(Happening event) {
        return event.is("DurabilityChanged") && event.field("durability").equals("DEGRADED");
    }

    private static boolean closed(Optional<Sight> seen, String member) {
        return seen.filter(sight -> !sight.isWritable()
                        && sight.gate(member).equals("closed")
                        && sight.alarms().stream().anyMatch(alarm -> alarm.contains("VOTERS_LOST")))
                .isPresent();
    }

    /** What should not have been decided, or is missing, in words. */
    List<String> unmet(List<Happening> events) {
        return switch (this) {
            case AGENT, UPGRADE, ROLLING, STANDBYS, REPLICA, COPY, LEADING, LOG ->
                all(events, "nothing but this was to be decided", FaultKind::isChange);
            case SWITCHOVER ->
                all(
                        events,
                        "people were alarmed by what was ordered",
                        e -> e.is("PeopleNotified") && !e.field("severity").equals("INFO"));
            case DISK -> require(events, "HandOverDecided", "the log does not say that the primary handed over");
            case MAJORITY -> require(events, "VotersLost", "the log does not say that the majority was lost");
            case KILL, HOST, POWER, CUT, PEERS, BOTH, GONE, HANG, STALL, FULL, RESTART -> List.of();
        };
    }

    private static boolean isChange(Happening event) {
        return event.is("FailoverStarted") || event.is("RestartBarrier");
    }

    private static List<String> all(List<Happening> events, String what, Predicate<Happening> unwanted) {
        return events.stream()
                .filter(unwanted)
                .map(event -> what + ": " + event.line())
                .toList();
    }

    private static List<String> require(List<Happening> events, String type, String otherwise) {
        return events.stream().anyMatch(event -> event.is(type)) ? List.of() : List.of(otherwise);
    }
}
