package io.interrex.config;

import io.interrex.cluster.settings.Profile;
import io.interrex.cluster.settings.Quantity;
import io.interrex.config.ClusterConfig.Group;
import io.interrex.config.ClusterConfig.Member;
import io.interrex.config.ClusterConfig.Node;
import io.interrex.config.ClusterConfig.RouterConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Checks what no single value shows: whether the file, taken as a whole, can be what the protocol needs. */
final class Consistency {

    /** max_replication_slots, as servers are set up. */
    private static final int SLOTS_MAX = 16;

    private final ClusterConfig config;
    private final Notes notes;
    /** Who listens: {@code host:port} to the key that says so. */
    private final Map<String, String> listeners = new HashMap<>();

    private final Map<String, String> directories = new HashMap<>();

    private Consistency(ClusterConfig config, Notes notes) {
        this.config = config;
        this.notes = notes;
    }

    static void check(ClusterConfig config, Notes notes) {
        var check = new Consistency(config, notes);
        check.timings();
        check.voters();
        check.addresses();
        check.watchdog();
        config.groups().values().forEach(check::group);
        config.routers().values().forEach(check::router);
        if (config.groups().isEmpty()) {
            notes.problemAt("groups", "there is no group", "Name at least one, with its members");
        }
    }

    private void timings() {
        for (String broken : config.timings().violations()) {
            notes.problemAt("timings", broken, "Change the timings that you set, or take those of a profile");
        }
        boolean gateByGuardOnly = config.kernelGate() == ClusterConfig.KernelGate.OFF;
        if (gateByGuardOnly && config.profile() == Profile.FAST) {
            notes.warningAt(
                    "gate.kernel",
                    "without the kernel's gate a lost lease is enforced by killing PostgreSQL, which must take less than "
                            + Quantity.format(config.timings().closingMax()),
                    "Use the kernel's gate, or the profile default");
        }
    }

    private void voters() {
        var taken = new HashMap<String, String>();
        for (Node node : config.nodes().values()) {
            String other = node.voter() ? taken.putIfAbsent(node.seat(), node.name()) : null;
            boolean moved = node.voter() && !node.seat().equals(node.name());
            if (other != null) {
                notes.problemAt(
                        "nodes." + node.name() + ".seat",
                        "node " + other + " has the seat " + node.seat(),
                        "Give each voter a seat of its own");
            } else if (moved && config.nodes().containsKey(node.seat())) {
                notes.problemAt(
                        "nodes." + node.name() + ".seat",
                        "there is a node " + node.seat(),
                        "A seat goes to another node only where the one of its name is gone: remove that one, or give it another name");
            }
        }
        int count = config.voters().size();
        if (config.nodes().isEmpty()) {
            notes.problemAt("nodes", "there is no node", "Name at least one, better three");
        } else if (count % 2 == 0) {
            notes.problemAt(
                    "nodes",
                    "the number of voters is even: " + count + " (" + String.join(", ", config.voters()) + "); "
                            + (count == 0
                                    ? "nobody can grant a lease"
                                    : count + " bear no more failures than " + (count - 1)),
                    count == 0
                            ? "Let an odd number of nodes be voters"
                            : "Set voter = false on one of them, or add a witness");
        } else if (count == 1) {
            notes.warningAt("nodes", "with one voter nothing survives its loss", "Use three voters outside of trials");
        }
    }

    private void addresses() {
        for (Node node : config.nodes().values()) {
            String at = "nodes." + node.name();
            String host = node.host();
            if (host.equals("0.0.0.0") || host.equals("::") || host.equals("*")) {
                notes.problemAt(at + ".host", "is a wildcard, which no peer can reach", "Write the host's own address");
            } else if (!host.isEmpty() && !config.insecure() && !Hosts.isLoopback(host)) {
                notes.problemAt(
                        at + ".host",
                        "is not a loopback address, and the listeners are plain TCP and HTTP",
                        "On a closed network set security.insecure = true; there is no TLS yet");
            }
            listen(host, node.ports().hands(), at + ".ports.hands");
            listen(host, node.ports().log(), at + ".ports.log");
            listen(host, node.ports().brain(), at + ".ports.brain");
            listen(host, node.ports().http(), at + ".ports.http");
        }
    }

    private void watchdog() {
        ClusterConfig.Watchdog watchdog = config.watchdog();
        if (watchdog == null) {
            return;
        }
        Duration allowed = config.timings().watchdogAllowed();
        Duration timeout = watchdog.timeout();
        if (timeout.toSeconds() < 1 || !timeout.equals(Duration.ofSeconds(timeout.toSeconds()))) {
            notes.problemAt("fencing.watchdog-timeout", "watchdogs count whole seconds", "Write 1 s or more");
        } else if (timeout.compareTo(allowed) > 0) {
            notes.problemAt(
                    "fencing.watchdog-timeout",
                    "d + τ(1+ρ) ≤ H(1−ρ) − Tρ does not hold: it would reset a host after others may be primary, at most %s fit"
                            .formatted(Quantity.format(allowed)),
                    "Lower it, or remove fencing.watchdog");
        }
        for (Node node : config.nodes().values()) {
            long members = config.groups().values().stream()
                    .filter(group -> group.members().containsKey(node.name()))
                    .count();
            if (members > 1) {
                notes.problemAt(
                        "fencing.watchdog",
                        "node %s has members of %d groups, and one guard alone can feed the watchdog of a host"
                                .formatted(node.name(), members),
                        "Remove it, or give each member a host of its own");
            }
        }
    }

    private void listen(String host, int port, String key) {
        if (host.isEmpty()) {
            return;
        }
        String taken = listeners.putIfAbsent(host + ":" + port, key);
        if (taken != null) {
            notes.problemAt(
                    key,
                    "the address " + host + ":" + port + " is already used by " + taken,
                    "Choose another port or host");
        }
    }

    private void group(Group group) {
        String at = "groups." + group.name();
        if (group.members().isEmpty()) {
            notes.problemAt(at + ".members", "the group has no member", "Name at least one");
        }
        for (Member member : group.members().values()) {
            member(at + ".members." + member.name(), member);
        }
        int slots = group.members().size() + group.settings().slots().size();
        if (slots > SLOTS_MAX) {
            notes.problemAt(
                    at + ".slots",
                    "with those of the members there are %d slots, and a server has %d (max_replication_slots)"
                            .formatted(slots, SLOTS_MAX),
                    "Name fewer");
        }
        long canSync = group.members().values().stream()
                .filter(member -> !member.info().nosync())
                .count();
        long others = Math.max(0, canSync - 1);
        int k = group.settings().k();
        if (group.settings().synchronous() && k > others && !group.members().isEmpty()) {
            notes.problemAt(
                    at + ".k",
                    "there are only " + others + " possible synchronous standbys beside a primary",
                    others == 0
                            ? "Add members (without nosync), or set synchronous = false"
                            : "Lower it to at most " + others + ", or add members (without nosync)");
        } else if (group.settings().synchronous() && k == others) {
            notes.warningAt(
                    at + ".k",
                    "every standby has to hold a commit, so losing one holds writes up until the set is shrunk",
                    "Lower k, or add a member");
        }
    }

    private void member(String at, Member member) {
        Node node = config.nodes().get(member.name());
        if (node == null) {
            notes.problemAt(
                    at,
                    "there is no node '" + member.name() + "'",
                    Nearest.to(member.name(), config.nodes().keySet())
                            .map(nearest -> "Did you mean '" + nearest + "'")
                            .orElse("A member has the name of the node that looks after it"));
            return;
        }
        if (node.edge()) {
            notes.problemAt(at, "an edge node has no member", "Remove the member, or edge = true of the node");
        }
        listen(node.host(), member.port(), at + ".port");
        String replication = member.replicationAddress();
        if (replication != null && replication.equals(node.host())) {
            notes.problemAt(
                    at + ".replication-address",
                    "is the address that clients use",
                    "Write another address of that host, or remove it");
        } else if (replication != null) {
            listen(replication, member.port(), at + ".replication-address");
        }
        String place = node.host() + " " + member.data().normalize();
        String taken = directories.putIfAbsent(place, at + ".data");
        if (taken != null) {
            notes.problemAt(at + ".data", "is also the directory of " + taken, "Give each member its own");
        }
        Path state = config.directories().state().normalize();
        if (member.data().normalize().equals(state)) {
            notes.problemAt(at + ".data", "is also directories.state", "Give the member a directory of its own");
        }
    }

    private void router(RouterConfig router) {
        String at = "routers." + router.name();
        if (!config.groups().containsKey(router.group())) {
            notes.problemAt(
                    at + ".group",
                    "there is no group '" + router.group() + "'",
                    Nearest.to(router.group(), config.groups().keySet())
                            .map(nearest -> "Did you mean '" + nearest + "'")
                            .orElse("Name one of: "
                                    + String.join(", ", config.groups().keySet())));
        }
        for (String name : Set.copyOf(router.nodes())) {
            Node node = config.nodes().get(name);
            if (node == null) {
                notes.problemAt(
                        at + ".nodes",
                        "there is no node '" + name + "'",
                        Nearest.to(name, config.nodes().keySet())
                                .map(nearest -> "Did you mean '" + nearest + "'")
                                .orElse("Name nodes of this file"));
                continue;
            }
            boolean everywhere =
                    router.bind().equals("0.0.0.0") || router.bind().equals("::");
            String host = everywhere || Hosts.isLoopback(router.bind()) ? node.host() : router.bind();
            listen(host, router.writePort(), at + ".write-port");
            if (router.kind() == ClusterConfig.RouterKind.HAPROXY) {
                listen(host, router.readPort(), at + ".read-port");
            }
        }
    }
}
