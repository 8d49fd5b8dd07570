package io.interrex.demo.versus;

import io.interrex.lab.ProbeTarget;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Another system under test, in a laboratory of its own; each question is answered by that system itself. */
interface Peer extends AutoCloseable {

    /** The host of the router or of the client's connections; nothing of the system itself runs there. */
    String EDGE = "app";

    List<String> MEMBERS = List.of("a", "b", "c");

    PeerHosts hosts();

    /** Starts everything and waits until it is whole. */
    void start();

    /** Whether there are a primary and all standbys, which stream, and whatever coordinates them lives. */
    boolean isWhole();

    Optional<String> primary();

    /** A standby that the primary waits for. */
    Optional<String> synchronous();

    /** The host whose loss, at the time of the primary's, takes the coordinator away. */
    String coordinator(String primary);

    /** Brings about what a fault presumes, beyond being whole. */
    void prepare(PeerFault fault);

    /** Orders that another one becomes the primary. */
    void switchover(String primary);

    /** The processes of a host that decide about its database. */
    Collection<ProcessHandle> agents(String host);

    /** Where a client of this system connects. */
    ProbeTarget router();

    Map<String, ProbeTarget> members();

    @Override
    default void close() {
        hosts().close();
    }
}
