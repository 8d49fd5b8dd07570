package io.interrex.demo;

import io.interrex.lab.Fault;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the story and the bench break, with the promise that they hold Interrex to. */
enum FaultKind {
    KILL("primary's postmaster killed (-9)", Fault.PROCESS_DEATH, 1000),
    HOST("primary's host killed", Fault.HOST_DEATH, 3000),
    CUT("primary's host cut off from all", Fault.CUT, 3000),
    PEERS("primary's host cut off from the other members only", Fault.CUT, 3000),
    SWITCHOVER("switchover", Fault.PROCESS_DEATH, 1000),
    REPLICA("synchronous replica's host killed (k < |S|)", Fault.HOST_DEATH, 500);

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

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static FaultKind of(String word) {
        return Arrays.stream(values())
                .filter(kind -> kind.word().equals(word.strip()))
                .findFirst()
                .orElseThrow(() -> new DemoException("there is no fault '" + word + "'; there are "
                        + Arrays.stream(values()).map(FaultKind::word).collect(Collectors.joining(", "))));
    }

    /** Breaks it. {@code member} is the primary, except for {@link #REPLICA} and {@link #SWITCHOVER}'s target. */
    void inject(Installation installation, String member, String other) {
        switch (this) {
            case KILL -> installation.killPostmaster(member);
            case HOST, REPLICA -> installation.killHost(member);
            case CUT -> installation.cut(member);
            case PEERS -> installation.cutFromPeers(member);
            case SWITCHOVER -> installation.api().switchover(installation.lab().address(member), other);
        }
    }

    void mend(Installation installation, String member) {
        switch (this) {
            case KILL, SWITCHOVER -> {
                // nothing stays broken
            }
            case HOST, REPLICA -> installation.bootHost(member);
            case CUT, PEERS -> installation.heal();
        }
    }

    /** Whether this event says that clients are served again after the fault. */
    boolean isAnsweredBy(Happening event) {
        return switch (this) {
            case KILL -> event.is("PrimaryEstablished") || event.is("RestartBarrier");
            case HOST, CUT, PEERS, SWITCHOVER -> event.is("PrimaryEstablished");
            case REPLICA -> event.is("SyncSetApplied");
        };
    }
}
