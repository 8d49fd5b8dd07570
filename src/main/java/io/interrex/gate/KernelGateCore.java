package io.interrex.gate;

import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides which slot is staged and which one counts, and keeps the kernel's rules as installed. Used by one thread.
 *
 * <p>Whoever removes or edits the table opens the member to everybody. So every operation notices a table that is gone,
 * and once a second the rules are compared with those that were installed; in both cases they are put back closed, and the
 * next operation that would let somebody in, or look, is refused with the reason.
 */
final class KernelGateCore {

    private final GateTable table;
    private final Nftables nft;
    private List<InetAddress> peers;

    private @Nullable String installedRules;
    private Slot inUse = Slot.B;
    private @Nullable Staged staged;
    private long openUntilNs = System.nanoTime();
    private @Nullable String incident;

    private record Staged(long round, Slot slot, long runsOutNs) {}

    KernelGateCore(GateTable table, Nftables nft, List<InetAddress> peers) {
        this.table = table;
        this.nft = nft;
        this.peers = peers;
    }

    Outcome<Gate.State> install() {
        Nftables.Result made = nft.run(table.install(peers));
        if (!made.succeeded() && !made.isForbidden()) {
            // sets of another shape under our name: nothing to adopt, so closed
            made = nft.run(table.replace(peers));
        }
        return readBack(made);
    }

    private Outcome<Gate.State> readBack(Nftables.Result made) {
        if (!made.succeeded()) {
            return Outcome.refused("the gate of member " + table.member() + " was not installed: " + explain(made));
        }
        Nftables.Result listed = nft.run(table.list());
        if (!listed.succeeded()) {
            return Outcome.unknown(
                    "the gate of member " + table.member() + " could not be read back: " + explain(listed));
        }
        GateListing found = GateListing.parse(listed.output());
        installedRules = found.rules();
        long now = System.nanoTime();
        staged = null;
        inUse = found.chosen().contains(Slot.A) ? Slot.A : Slot.B;
        Gate.State state = found.state();
        openUntilNs =
                state.position() == Gate.Position.OPEN ? now + state.remaining().toNanos() : now;
        return Outcome.done(state);
    }

    Outcome<Nothing> stage(long round, long runsOutNs) {
        String changed = takeIncident();
        if (changed != null) {
            return Outcome.refused(changed);
        }
        Duration ttl = Duration.ofNanos(runsOutNs - System.nanoTime());
        if (ttl.toMillis() < 1) {
            return Outcome.refused("round " + round + " waited until its time had run out; it opens nothing");
        }
        Slot slot = inUse.other();
        staged = null;
        Outcome<Nothing> outcome = command(table.stage(slot, ttl));
        if (outcome instanceof Outcome.Done<Nothing>) {
            staged = new Staged(round, slot, runsOutNs);
        }
        return outcome;
    }

    Outcome<Nothing> activate(long round) {
        Staged chosen = staged;
        if (chosen == null || chosen.round() != round) {
            return Outcome.refused(
                    "round " + round + " is not staged" + (chosen == null ? "" : ", " + chosen.round() + " is"));
        }
        Outcome<Nothing> outcome = command(table.choose(chosen.slot()));
        staged = null;
        if (!(outcome instanceof Outcome.Done<Nothing>)) {
            return outcome;
        }
        inUse = chosen.slot();
        openUntilNs = chosen.runsOutNs();
        return System.nanoTime() - openUntilNs < 0
                ? outcome
                : Outcome.refused("round " + round + " was activated after its time had run out; the gate is closed");
    }

    Outcome<Nothing> openForRead(long runsOutNs) {
        String changed = takeIncident();
        if (changed != null) {
            return Outcome.refused(changed);
        }
        long now = System.nanoTime();
        if (now - openUntilNs < 0) {
            return Outcome.refused("the gate of member " + table.member() + " is open for writes; close it first");
        }
        Duration ttl = Duration.ofNanos(runsOutNs - now);
        if (ttl.toMillis() < 1) {
            return Outcome.refused("the time for readers had run out before it began");
        }
        staged = null;
        return command(table.openForRead(ttl));
    }

    /** Timers that run are left alone. */
    Outcome<Nothing> pass(List<InetAddress> now) {
        peers = now;
        return command(table.peers(now));
    }

    Outcome<Nothing> shut() {
        staged = null;
        openUntilNs = System.nanoTime();
        Nftables.Result closed = nft.run(table.closeAll());
        if (!closed.succeeded() && !closed.isMissing()) {
            return Outcome.unknown("the gate of member " + table.member() + " may be open: " + explain(closed));
        }
        Outcome<Gate.State> seen = closed.succeeded() ? look() : install();
        return switch (seen) {
            case Outcome.Done<Gate.State>(var state)
            when state.position() == Gate.Position.CLOSED -> Outcome.done(Nothing.NOTHING);
            case Outcome.Done<Gate.State>(var state) ->
                Outcome.unknown("the gate of member " + table.member() + " was closed and is found " + state.position()
                        + ": another process opens it");
            case Outcome.Refused<Gate.State>(var reason) -> Outcome.unknown(reason);
            case Outcome.Unknown<Gate.State>(var reason) -> Outcome.unknown(reason);
        };
    }

    Outcome<Gate.State> state() {
        String changed = takeIncident();
        return changed == null ? look() : Outcome.refused(changed);
    }

    private Outcome<Gate.State> look() {
        Nftables.Result listed = nft.run(table.list());
        if (!listed.succeeded()) {
            return listed.isMissing()
                    ? Outcome.refused(putBack("was removed"))
                    : Outcome.unknown(
                            "the gate of member " + table.member() + " could not be read: " + explain(listed));
        }
        GateListing found = GateListing.parse(listed.output());
        if (installedRules != null && !installedRules.equals(found.rules())) {
            return Outcome.refused(putBack("was edited"));
        }
        return Outcome.done(found.state());
    }

    void release() {
        nft.close();
    }

    private Outcome<Nothing> command(String commands) {
        Nftables.Result result = nft.run(commands);
        if (result.succeeded()) {
            return Outcome.done(Nothing.NOTHING);
        }
        return Outcome.refused(
                result.isMissing()
                        ? putBack("was removed")
                        : "nftables refused a change of the gate of member " + table.member() + ": " + explain(result));
    }

    /** Compares the rules with those installed, and keeps what was wrong for the next caller. */
    void watch() {
        if (installedRules != null) {
            switch (look()) {
                case Outcome.Done<Gate.State> fine -> {}
                case Outcome.Refused<Gate.State>(var reason) -> incident = reason;
                case Outcome.Unknown<Gate.State>(var reason) -> incident = reason;
            }
        }
    }

    /** What the watch found and nobody was told yet; null where there is nothing. */
    private @Nullable String takeIncident() {
        String found = incident;
        incident = null;
        return found;
    }

    private String putBack(String what) {
        String event = "the nftables table of member " + table.member() + " " + what + " by somebody else; ";
        return switch (readBack(nft.run(table.replace(peers)))) {
            case Outcome.Done<Gate.State>(var state) -> event + "its rules are in place again, " + state.position();
            case Outcome.Refused<Gate.State>(var reason) -> event + reason;
            case Outcome.Unknown<Gate.State>(var reason) -> event + reason;
        };
    }

    static String explain(Nftables.Result result) {
        String said = result.error().lines().findFirst().orElse("no message from libnftables");
        return result.isForbidden()
                ? "this process may not change nftables (" + said + "); give it CAP_NET_ADMIN, for example by "
                        + "AmbientCapabilities=CAP_NET_ADMIN in its systemd unit"
                : said;
    }
}
