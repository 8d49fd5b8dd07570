package io.interrex.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.lab.Lab;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Counts in the kernel which data packets between one client and the server reach which place: before the gate and behind it
 * on the server's host, and on the client's. A table of its own on both hosts, at priorities around the gate's, does it; it lets
 * everything pass. A data packet is one with at least a byte of payload and without a reset: what a receiver takes.
 *
 * <p>Each counter is there twice, for the time before the end and after it. The end is an element of a set that runs out, or is
 * deleted: so the kernel decides for each packet, and no reading of counters comes too late.
 */
final class PacketCounts {

    private static final String TABLE = "inet seen_";
    private static final String DATA = " tcp flags & rst == 0 @ih,0,8 >= 0 ";
    private static final Pattern COUNTER = Pattern.compile("counter (\\w+) \\{\\s+packets (\\d+)");
    private static final List<String> PLACES = List.of("sent", "arrived", "admitted", "produced", "left", "received");

    private final Lab lab;
    private final String server;
    private final String client;
    private final int port;

    /**
     * What was seen before the end, or after it.
     *
     * @param sent data packets that the client's host sent
     * @param arrived that came to the server's host, before its gate
     * @param admitted that passed its gate
     * @param produced data packets that the server's host made, before its gate
     * @param left that passed its gate
     * @param received that came to the client's host
     */
    record Seen(long sent, long arrived, long admitted, long produced, long left, long received) {}

    PacketCounts(Lab lab, String server, String client, int port) {
        this.lab = lab;
        this.server = server;
        this.client = client;
        this.port = port;
    }

    /** Begins to count, with the end not in sight. */
    void begin() throws IOException {
        nft(server, counting("ip saddr " + lab.address(client), "ip daddr " + lab.address(client), true));
        nft(client, counting("ip daddr " + lab.address(server), "ip saddr " + lab.address(server), false));
    }

    private String counting(String towards, String back, boolean onServer) {
        String towardsServer = towards + " tcp dport " + port;
        String towardsClient = back + " tcp sport " + port;
        String text = "add table " + table() + "\ndelete table " + table() + "\nadd table " + table() + "\nadd set "
                + table() + " open { type inet_service; flags timeout; }\nadd element " + table() + " open { " + port
                + " }\n";
        return onServer
                ? text
                        + chain("prerouting", -300, "arrived", towardsServer, "dport")
                        + chain("input", 300, "admitted", towardsServer, "dport")
                        + chain("output", -300, "produced", towardsClient, "sport")
                        + chain("postrouting", 300, "left", towardsClient, "sport")
                : text
                        + chain("postrouting", 300, "sent", towardsServer, "dport")
                        + chain("prerouting", -300, "received", towardsClient, "sport");
    }

    private String chain(String hook, int priority, String place, String which, String portOf) {
        String counts = "add rule " + table() + " " + place + " " + which + DATA + "tcp " + portOf;
        return "add counter " + table() + " " + place + "_before\nadd counter " + table() + " " + place + "_after\n"
                + "add chain " + table() + " " + place + " { type filter hook " + hook + " priority " + priority
                + "; policy accept; }\n"
                + counts + " @open counter name " + place + "_before\n"
                + counts + " != @open counter name " + place + "_after\n";
    }

    /** The client's host does not hear that its connection is no more: what it sent is sent again. */
    void loseResets() throws IOException {
        String chain = table() + " resets";
        nft(
                client,
                "add chain " + chain + " { type filter hook prerouting priority -200; policy accept; }\nadd rule "
                        + chain + " tcp sport " + port + " tcp flags & rst == rst drop\n");
    }

    /** The end is now. */
    void end() throws IOException {
        nft(server, "delete element " + table() + " open { " + port + " }\n");
        nft(client, "delete element " + table() + " open { " + port + " }\n");
    }

    /** The end comes by itself, and is the kernel's to find. */
    void endAfter(Duration time) throws IOException {
        String text = "flush set " + table() + " open\nadd element " + table() + " open { " + port + " timeout "
                + time.toMillis() + "ms }\n";
        nft(server, text);
        nft(client, text);
    }

    Seen before() throws IOException {
        return seen("_before");
    }

    Seen after() throws IOException {
        return seen("_after");
    }

    private Seen seen(String when) throws IOException {
        Map<String, Long> all = COUNTER.matcher(
                        nft(server, "list counters table " + table()) + nft(client, "list counters table " + table()))
                .results()
                .collect(Collectors.toMap(found -> found.group(1), found -> Long.parseLong(found.group(2))));
        long[] counts = PLACES.stream()
                .mapToLong(place -> all.getOrDefault(place + when, -1L))
                .toArray();
        return new Seen(counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]);
    }

    private String table() {
        return TABLE + client;
    }

    private String nft(String host, String text) throws IOException {
        return nft(lab, host, text);
    }

    /** Runs one transaction of nftables on a host. */
    static String nft(Lab lab, String host, String text) throws IOException {
        Process process = lab.privilegedProcess(host, List.of("nft", "-f", "-"))
                .redirectErrorStream(true)
                .start();
        try (var stdin = process.getOutputStream()) {
            stdin.write(text.getBytes(StandardCharsets.UTF_8));
        }
        try (var stdout = process.getInputStream()) {
            String said = new String(stdout.readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), said);
            return said;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
