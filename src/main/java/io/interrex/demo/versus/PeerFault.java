package io.interrex.demo.versus;

import io.interrex.lab.LabException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Those faults of {@code deploy/bench} that another system can be told, by the same words. */
enum PeerFault {
    KILL(5),
    HOST(10),
    POWER(10),
    CUT(10),
    PEERS(10),
    HANG(60),
    GONE(60),
    AGENT(20),
    SWITCHOVER(5),
    BOTH(10),
    REPLICA(10),
    STALL(10);

    private final Duration watched;

    /** @param watchedS an answer may begin so late: a lease of 30 s runs out while its holder's database still serves */
    PeerFault(int watchedS) {
        watched = Duration.ofSeconds(watchedS);
    }

    static Optional<PeerFault> of(String word) {
        return Arrays.stream(values())
                .filter(fault -> fault.word().equals(word))
                .findFirst();
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** How long clients are watched at least. */
    Duration watched() {
        return watched;
    }

    /** Whether the coordinator may lose two hosts at once and must still have a majority. */
    boolean needsWitnesses() {
        return this == BOTH;
    }

    /** Which hosts it hits, the member first. */
    List<String> victims(Peer peer) {
        String primary = peer.primary().orElseThrow(() -> new LabException("there is no primary to break"));
        return switch (this) {
            case REPLICA ->
                List.of(peer.synchronous().orElseThrow(() -> new LabException("there is no synchronous standby")));
            case BOTH -> List.of(primary, peer.coordinator(primary));
            default -> List.of(primary);
        };
    }

    void inject(Peer peer, List<String> victims) {
        PeerHosts hosts = peer.hosts();
        String member = victims.getFirst();
        switch (this) {
            case KILL -> hosts.postmaster(member).destroyForcibly();
            case HOST, BOTH, REPLICA -> victims.forEach(hosts::crash);
            case POWER -> hosts.lab().killHost(member);
            case CUT -> hosts.lab().cut(member);
            case PEERS -> {
                var others = new ArrayList<>(hosts.lab().spec().hosts());
                others.remove(Peer.EDGE);
                hosts.lab().isolate(member, others);
            }
            case HANG -> PeerHosts.stop(peer.agents(member));
            case GONE -> PeerHosts.kill(peer.agents(member));
            case AGENT -> {
                PeerHosts.kill(peer.agents(member));
                hosts.startMissing(member);
            }
            case STALL -> hosts.stopServer(member);
            case SWITCHOVER -> peer.switchover(member);
        }
    }

    void mend(Peer peer, List<String> victims) {
        PeerHosts hosts = peer.hosts();
        switch (this) {
            case KILL, AGENT, SWITCHOVER -> {
                // nothing stays broken
            }
            case HOST, POWER, BOTH, REPLICA -> victims.forEach(hosts::boot);
            case CUT, PEERS -> hosts.lab().heal();
            case HANG, STALL -> hosts.lab().resumeHost(victims.getFirst());
            case GONE -> hosts.startMissing(victims.getFirst());
        }
    }
}
