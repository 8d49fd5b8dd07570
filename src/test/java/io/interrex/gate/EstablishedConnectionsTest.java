package io.interrex.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.port.Gate;
import io.interrex.gate.PacketCounts.Seen;
import io.interrex.lab.Lab;
import io.interrex.lab.LabException;
import io.interrex.lab.LabSpec;
import io.interrex.lab.NamespaceLab;
import io.interrex.lab.NetShell;
import io.interrex.lab.Remote;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@DisplayName("An established connection through the kernel's gate, packet by packet")
final class EstablishedConnectionsTest {

    private static final Logger LOG = LoggerFactory.getLogger(EstablishedConnectionsTest.class);
    private static final int PORT = 5432;
    private static final String DONE = "Done[value=NOTHING]";
    private static final Duration T = Duration.ofMillis(800);
    /** A timer of the kernel counts in ticks, of up to 10 ms. */
    private static final Duration TICKS = Duration.ofMillis(20);
    /** So many data packets in a direction show that a connection lives. */
    private static final int ALIVE = 50;
    /** So many data packets at a closed gate show that it was tried. */
    private static final int TRIED = 4;

    private final Lab lab;
    private final List<String> shell;
    private final Remote gate;
    private final Remote server;

    EstablishedConnectionsTest(@TempDir Path directory) throws IOException {
        try {
            lab = NamespaceLab.create(LabSpec.of("member", "peer", "app", "careless"));
        } catch (LabException e) {
            Assumptions.abort("no namespaces here: " + e.getMessage());
            throw e;
        }
        shell = Remote.java(directory, NetShell.class);
        server = serving("member");
        gate = new Remote(lab.process(
                "member",
                Remote.java(
                        directory,
                        GateShell.class,
                        List.of(KernelGate.class, Gate.class, Logger.class),
                        "a",
                        String.valueOf(PORT),
                        "-",
                        lab.address("peer"))));
        assertTrue(gate.answer().startsWith("Done"));
        assertTrue(gate.ask("install").startsWith("Done"));
    }

    @AfterEach
    void end() {
        lab.close();
    }

    private Remote serving(String host) throws IOException {
        Remote started = new Remote(lab.process(host, shell));
        assertEquals("serving", started.ask("serve " + PORT));
        return started;
    }

    /** A client that sends and receives all the time, and what the kernel sees of that; it returns when data flows both ways. */
    private final class Conversation {
        final Remote client;
        final PacketCounts packets;

        Conversation(String from, String to) throws IOException {
            packets = new PacketCounts(lab, to, from, PORT);
            packets.begin();
            client = new Remote(lab.process(from, shell));
            assertEquals("started", client.ask("talk " + lab.address(to) + " " + PORT));
            await("data flows both ways", () -> {
                Seen seen = packets.before();
                return seen.admitted() >= ALIVE && seen.received() >= ALIVE;
            });
        }

        String status() throws IOException {
            return client.ask("last").split(" ", 3)[2];
        }

        /** Fails if one data packet passed after the end, or if none came to the gate then. */
        void assertNothingPassed(boolean resetsHeard) throws IOException {
            await(
                    "data comes to the closed gate from the server"
                            + (resetsHeard ? "" : ", and from the client that knows nothing"),
                    () -> packets.after().produced() >= TRIED
                            && (resetsHeard || packets.after().arrived() >= TRIED));
            Seen after = packets.after();
            LOG.info("data packets before the end: {}", packets.before());
            LOG.info("data packets after the end: {}", after);
            assertEquals(0, after.admitted(), after.toString());
            assertEquals(0, after.left(), after.toString());
            assertEquals(0, after.received(), after.toString());
        }

        void assertItLives() throws IOException {
            await("data still flows both ways", () -> {
                Seen after = packets.after();
                return after.admitted() >= ALIVE && after.left() >= ALIVE && after.received() >= ALIVE;
            });
            LOG.info("data packets after the end: {}", packets.after());
            assertEquals("running", status());
        }
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(String what, Condition condition) throws IOException {
        long endNs = System.nanoTime() + Duration.ofSeconds(15).toNanos();
        while (!condition.holds()) {
            assertTrue(System.nanoTime() < endNs, what);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private void open(Duration time) throws IOException {
        assertEquals(DONE, gate.ask("stage 1 " + time.toMillis()));
        assertEquals(DONE, gate.ask("activate 1"));
    }

    private void close(Conversation conversation) throws IOException {
        assertEquals(DONE, gate.ask("close"));
        conversation.packets.end();
    }

    @Test
    @DisplayName("close: no data packet passes in either direction any more; the client has its reset")
    void close() throws IOException {
        open(Duration.ofSeconds(30));
        Conversation conversation = new Conversation("app", "member");
        close(conversation);
        conversation.assertNothingPassed(true);
        assertTrue(conversation.status().matches("Connection reset|Broken pipe"), conversation.status());
    }

    @Test
    @DisplayName(
            "close, and the resets are lost: both ends send again what they sent, it comes to the gate and none of it passes")
    void retransmissions() throws IOException {
        open(Duration.ofSeconds(30));
        Conversation conversation = new Conversation("app", "member");
        conversation.packets.loseResets();
        close(conversation);
        conversation.assertNothingPassed(false);
        assertEquals("running", conversation.status(), "for all that the client knows");
    }

    @Test
    @DisplayName(
            "the lease runs out while the node stands still: the kernel alone ends it, and no data packet passes later")
    void runsOut() throws Exception {
        open(Duration.ofSeconds(30));
        Conversation conversation = new Conversation("app", "member");
        conversation.packets.loseResets();
        assertEquals(DONE, gate.ask("stage 2 " + T.toMillis()));
        long stagedNs = System.nanoTime();
        conversation.packets.endAfter(T.plus(TICKS));
        assertEquals(DONE, gate.ask("activate 2"));
        signal("STOP");
        try {
            conversation.assertNothingPassed(false);
            long heardNs = Long.parseLong(server.ask("heard")) - stagedNs - T.toNanos();
            assertTrue(heardNs < TICKS.toNanos(), "the server read what was sent " + heardNs / 1000 + " us after T");
            assertTrue(heardNs > -T.toNanos(), "it was cut " + -heardNs / 1000 + " us early");
        } finally {
            signal("CONT");
        }
    }

    private void signal(String name) throws Exception {
        Process kill = new ProcessBuilder(
                        "sh", "-c", "kill -" + name + " " + gate.handle().pid())
                .start();
        assertEquals(0, kill.waitFor());
    }

    @Test
    @DisplayName("replication: a peer's connection passes the closed gate both ways, beside a client's that is cut")
    void replication() throws IOException {
        open(Duration.ofSeconds(30));
        Conversation standby = new Conversation("peer", "member");
        Conversation conversation = new Conversation("app", "member");
        close(conversation);
        standby.packets.end();
        conversation.assertNothingPassed(true);
        standby.assertItLives();
    }

    @Test
    @DisplayName("the danger: rules that let established connections pass refuse new ones, and this one goes on and on")
    void danger() throws IOException {
        GateTable table = new GateTable("careless", PORT);
        String rule = "insert rule inet interrex_careless %s ct state established accept\n";
        nft(table.install(List.of(InetAddress.getByName(lab.address("peer")))));
        nft(rule.formatted("arriving") + rule.formatted("leaving"));
        serving("careless");
        nft(table.stage(Slot.A, Duration.ofSeconds(30)) + table.choose(Slot.A));
        Conversation conversation = new Conversation("app", "careless");
        nft(table.closeAll());
        conversation.packets.end();
        assertEquals(
                "Connection refused",
                new Remote(lab.process("app", shell)).ask("connect " + lab.address("careless") + " " + PORT));
        conversation.assertItLives();
    }

    private void nft(String text) throws IOException {
        PacketCounts.nft(lab, "careless", text);
    }
}
