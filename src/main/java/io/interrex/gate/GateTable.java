package io.interrex.gate;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Renders the nftables commands of one member's gate. Each method returns one transaction: the kernel applies it whole or
 * not at all.
 *
 * <p>The rules keep no connection state, so that a timer that runs out cuts established connections too. A packet that
 * arrives from a client while the gate is closed is answered by a reset; a packet that leaves for a client is turned into
 * a reset in place ({@code tcp flags set}), so that a client that waits for an answer learns of it and no answer reaches
 * it. The rejected alternative, {@code drop}, leaves clients hanging until their own time-outs.
 *
 * <p>Passing always: the loopback interface, by which all traffic between a host's own addresses goes (so a client or a
 * router on a member's host is not gated), and the peers' addresses; where replication has an address of its own, to that address
 * only, and nobody else passes there, whatever the gate is.
 *
 * @param member name of the member; the table is {@code interrex_<member>}
 * @param port TCP port of the member's PostgreSQL
 * @param replication the member's own address for its peers, null: they use the clients'
 */
record GateTable(String member, int port, @Nullable InetAddress replication) {

    /** Readers pass while this set holds the port. */
    static final String READ_SET = "readers";

    private static final String REFUSED = "reject with tcp reset";
    private static final String CUT = "tcp flags set rst | ack accept";
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}");

    GateTable(String member, int port) {
        this(member, port, null);
    }

    GateTable {
        if (!NAME.matcher(member).matches()) {
            throw new IllegalArgumentException("member name \"" + member
                    + "\" cannot name an nftables table; use letters, digits, - and _, at most 63");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " of member " + member + " is not in 1-65535");
        }
    }

    String name() {
        return "interrex_" + member;
    }

    /** Makes the rules exactly ours and the peers exactly these; timers that run are left alone, new ones are absent: closed. */
    String install(Collection<InetAddress> peers) {
        List<String> lines = new ArrayList<>();
        lines.add("add table " + table());
        lines.add("add set " + table() + " peers4 { type ipv4_addr; }");
        lines.add("add set " + table() + " peers6 { type ipv6_addr; }");
        for (Slot slot : Slot.values()) {
            lines.add("add set " + table() + " " + slot.timerSet() + " { type inet_service; flags timeout; }");
            lines.add("add set " + table() + " " + slot.chosenSet() + " { type inet_service; }");
        }
        lines.add("add set " + table() + " " + READ_SET + " { type inet_service; flags timeout; }");
        lines.add("add chain " + table() + " input { type filter hook input priority -10; policy accept; }");
        lines.add("add chain " + table() + " output { type filter hook output priority -10; policy accept; }");
        for (String chain : List.of("arriving", "leaving")) {
            lines.add("add chain " + table() + " " + chain);
        }
        for (String chain : List.of("input", "output", "arriving", "leaving")) {
            lines.add("flush chain " + table() + " " + chain);
        }
        lines.add(rule("input", "tcp dport " + port + " jump arriving"));
        lines.add(rule("output", "tcp sport " + port + " jump leaving"));
        lines.addAll(arriving());
        lines.addAll(leaving());
        lines.add(peers(peers));
        return String.join("\n", lines) + "\n";
    }

    /** Throws away whatever has our name and makes the closed rules afresh, with no moment in between. */
    String replace(Collection<InetAddress> peers) {
        return "add table " + table() + "\ndelete table " + table() + "\n" + install(peers);
    }

    private List<String> arriving() {
        var rules = new ArrayList<>(List.of("iif lo accept"));
        rules.addAll(peersPass("daddr", "saddr"));
        rules.addAll(strangersEnd("daddr", REFUSED));
        rules.add(open(Slot.A, "dport"));
        rules.add(open(Slot.B, "dport"));
        rules.add("tcp dport @" + READ_SET + " accept");
        rules.add(REFUSED);
        return rules.stream().map(body -> rule("arriving", body)).toList();
    }

    private List<String> leaving() {
        var rules = new ArrayList<>(List.of("oif lo accept"));
        rules.addAll(peersPass("saddr", "daddr"));
        rules.add("tcp flags & rst == rst accept");
        rules.addAll(strangersEnd("saddr", CUT));
        rules.add(open(Slot.A, "sport"));
        rules.add(open(Slot.B, "sport"));
        rules.add("tcp sport @" + READ_SET + " accept");
        rules.add(CUT);
        return rules.stream().map(body -> rule("leaving", body)).toList();
    }

    private List<String> peersPass(String own, String theirs) {
        InetAddress address = replication;
        if (address == null) {
            return List.of("ip " + theirs + " @peers4 accept", "ip6 " + theirs + " @peers6 accept");
        }
        return address instanceof Inet4Address
                ? List.of("ip %s %s ip %s @peers4 accept".formatted(own, literal(address), theirs))
                : List.of("ip6 %s %s ip6 %s @peers6 accept".formatted(own, literal(address), theirs));
    }

    /** Who is no peer has nothing to do with the peers' address, open gate or not. */
    private List<String> strangersEnd(String own, String how) {
        InetAddress address = replication;
        return address == null
                ? List.of()
                : List.of("%s %s %s %s"
                        .formatted(address instanceof Inet4Address ? "ip" : "ip6", own, literal(address), how));
    }

    private String open(Slot slot, String portOf) {
        return "tcp " + portOf + " @" + slot.chosenSet() + " tcp " + portOf + " @" + slot.timerSet() + " accept";
    }

    /** Replaces the addresses that always pass. */
    String peers(Collection<InetAddress> peers) {
        return "flush set " + table() + " peers4\nflush set " + table() + " peers6\n" + elements("peers4", peers, true)
                + elements("peers6", peers, false);
    }

    private String elements(String set, Collection<InetAddress> peers, boolean v4) {
        String list = peers.stream()
                .filter(a -> a instanceof Inet4Address == v4)
                .map(GateTable::literal)
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        return list.isEmpty() ? "" : "add element " + table() + " " + set + " { " + list + " }\n";
    }

    private static String literal(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }

    /** Starts a timer in {@code slot}; nobody passes by it until it is chosen. */
    String stage(Slot slot, Duration ttl) {
        return flush(slot.timerSet()) + timed(slot.timerSet(), ttl);
    }

    /** Makes {@code slot} the one that counts, and only it. */
    String choose(Slot slot) {
        return flush(Slot.A.chosenSet(), Slot.B.chosenSet(), READ_SET) + "add element " + table() + " "
                + slot.chosenSet() + " { " + port + " }\n";
    }

    String openForRead(Duration ttl) {
        return closeAll() + timed(READ_SET, ttl);
    }

    String closeAll() {
        return flush(Slot.A.chosenSet(), Slot.B.chosenSet(), Slot.A.timerSet(), Slot.B.timerSet(), READ_SET);
    }

    String list() {
        return "list table " + table();
    }

    private String timed(String set, Duration ttl) {
        return "add element " + table() + " " + set + " { " + port + " timeout " + ttl.toMillis() + "ms }\n";
    }

    private String flush(String... sets) {
        StringBuilder commands = new StringBuilder();
        for (String set : sets) {
            commands.append("flush set ")
                    .append(table())
                    .append(' ')
                    .append(set)
                    .append('\n');
        }
        return commands.toString();
    }

    private String rule(String chain, String body) {
        return "add rule " + table() + " " + chain + " " + body;
    }

    private String table() {
        return "inet " + name();
    }
}
