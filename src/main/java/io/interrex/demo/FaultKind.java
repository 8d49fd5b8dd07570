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
    KILL("primary's postmaster killed (-9)", Fault.PROCESS_DEATH, 1000),
    HOST("primary's host killed", Fault.HOST_DEATH, 3000),
    CUT("primary's host cut off from all", Fault.CUT, 3000),
    PEERS("primary's host cut off from the other members only", Fault.CUT, 3000),
    SWITCHOVER("switchover", Fault.PROCESS_DEATH, 1000),
    REPLICA("synchronous replica's host killed (k < |S|)", Fault.HOST_DEATH, 500),
    STANDBYS("both standbys' PostgreSQL killed (-9) as often as it starts", Fault.PROCESS_DEATH, 3000),
    MAJORITY("both standbys' hosts killed: no majority of voters until they are back", Fault.HOST_DEATH, 10_000),
    AGENT("primary's node killed (-9) and started again; its PostgreSQL goes on", Fault.PROCESS_DEATH, 500),
    UPGRADE("primary's node ended (SIGTERM) and started again, as for an upgrade", Fault.PROCESS_DEATH, 500),
    ROLLING(
            "every node ended (SIGTERM), upgraded and started again, the primary's first, one when all are settled",
            Fault.PROCESS_DEATH,
            500),
    HANG("primary's node stopped (SIGSTOP); its PostgreSQL goes on", Fault.PROCESS_DEATH, 3000),
    RESTART("all hosts killed at once and booted", Fault.HOST_DEATH, 15_000),
    DISK("primary's disk filled until it is nearly full", Fault.SMALL_DISK, 1000);

    /** Those that the figures in the README are of. */
    static final List<FaultKind> MEASURED = List.of(KILL, HOST, CUT, PEERS, SWITCHOVER, REPLICA);

    private final String title;
    private final Fault needs;
    private final long outageMaxMs;

    FaultKind(String title, Fault needs, long outageMaxMs) {
        this.title = title;
        this.needs = needs;
        this.outageMaxMs = outageMaxMs;
    }

    String title() {
        return title;
    }

    /** What the laboratory must be able to do for it. */
    Fault needs() {
        return needs;
    }

    /** The promise: the median of many is not above it, a single one not above twice it. */
    Duration outageMax() {
        return Duration.ofMillis(outageMaxMs);
    }

    /** Whether nobody can write until it is mended, by design; the outage counts from then. */
    boolean stopsWrites() {
        return this == MAJORITY;
    }

    /** Whether a failover, a restart or a switchover answers it. */
    boolean hasSteps() {
        return switch (this) {
            case KILL, HOST, CUT, PEERS, SWITCHOVER, HANG, RESTART, DISK -> true;
            case REPLICA, STANDBYS, MAJORITY, AGENT, UPGRADE, ROLLING -> false;
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
        return this == REPLICA ? before.streaming().getLast() : before.primary();
    }

    void inject(Installation installation, String member, List<String> standbys) {
        switch (this) {
            case KILL -> installation.killPostmaster(member);
            case HOST, REPLICA -> installation.killHost(member);
            case CUT -> installation.cut(member);
            case PEERS -> installation.cutFromPeers(member);
            case SWITCHOVER -> installation.api().switchover(installation.lab().address(member), standbys.getLast());
            case STANDBYS -> standbys.forEach(installation.processes()::keepKillingPostmaster);
            case MAJORITY -> standbys.forEach(installation::killHost);
            case AGENT -> installation.processes().restartNode(member);
            case UPGRADE -> installation.processes().upgradeNode(member);
            case ROLLING -> installation.processes().upgradeAll(member);
            case HANG -> installation.processes().stopNode(member);
            case DISK -> installation.ballast(member).fill();
            case RESTART -> {
                installation.hosts().forEach(installation::killHost);
                installation.hosts().forEach(installation::bootHost);
            }
        }
    }

    void mend(Installation installation, String member, List<String> standbys) {
        switch (this) {
            case KILL, SWITCHOVER, AGENT, UPGRADE, ROLLING, RESTART -> {
                // nothing stays broken
            }
            case HOST, REPLICA -> installation.bootHost(member);
            case CUT, PEERS -> installation.heal();
            case STANDBYS -> installation.processes().stopKilling();
            case MAJORITY -> standbys.forEach(installation::bootHost);
            case HANG -> installation.processes().continueNode(member);
            case DISK -> installation.ballast(member).remove();
        }
    }

    /** Whether Interrex has done what it does about the fault. */
    boolean isAnswered(Installation installation, String member, List<Happening> events) {
        return switch (this) {
            case AGENT, UPGRADE, ROLLING ->
                installation.api().isReady(installation.lab().address(member));
            case MAJORITY ->
                closed(installation.api().status(installation.lab().address(member)), member)
                        && installation.places().wasTold("No majority of voters");
            case KILL, RESTART -> events.stream().anyMatch(e -> e.is("PrimaryEstablished") || e.is("RestartBarrier"));
            case HOST, CUT, PEERS, SWITCHOVER, HANG, DISK -> events.stream().anyMatch(e -> e.is("PrimaryEstablished"));
            case REPLICA -> events.stream().anyMatch(e -> e.is("SyncSetApplied"));
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
            case AGENT, UPGRADE, ROLLING, STANDBYS ->
                all(events, "nothing but this was to be decided", FaultKind::isChange);
            case SWITCHOVER ->
                all(
                        events,
                        "people were alarmed by what was ordered",
                        e -> e.is("PeopleNotified") && !e.field("severity").equals("INFO"));
            case DISK -> require(events, "HandOverDecided", "the log does not say that the primary handed over");
            case MAJORITY -> require(events, "VotersLost", "the log does not say that the majority was lost");
            case KILL, HOST, CUT, PEERS, REPLICA, HANG, RESTART -> List.of();
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
