package io.interrex.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.port.Gate;
import io.interrex.lab.Lab;
import io.interrex.lab.LabException;
import io.interrex.lab.LabSpec;
import io.interrex.lab.NamespaceLab;
import io.interrex.lab.NetShell;
import io.interrex.lab.Remote;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/** Truth: real connections between hosts of the laboratory, through the kernel's gate on the member's host. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KernelGateTest {

    private static final int PORT = 5432;
    private static final String CLOSED = "Done[value=State[position=CLOSED, remaining=PT0S]]";
    private static final String DONE = "Done[value=NOTHING]";
    private static final String REFUSED = "Connection refused";
    /** A timer of the kernel counts in ticks, of up to 10 ms. */
    private static final long TICKS_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private Lab lab;
    private Remote gate;
    private Remote server;
    private Remote peer;
    private Remote app;
    private List<String> gateCommand;

    KernelGateTest(@TempDir Path directory) throws IOException {
        try {
            lab = NamespaceLab.create(LabSpec.of("member", "peer", "app"));
        } catch (LabException e) {
            Assumptions.abort("no namespaces here: " + e.getMessage());
            throw e;
        }
        List<String> shell = Remote.java(directory, NetShell.class);
        server = new Remote(lab.process("member", shell));
        peer = new Remote(lab.process("peer", shell));
        app = new Remote(lab.process("app", shell));
        gateCommand = Remote.java(
                directory,
                GateShell.class,
                List.of(KernelGate.class, Gate.class, Logger.class),
                "a",
                String.valueOf(PORT),
                "-",
                lab.address("peer"));
        gate = new Remote(lab.process("member", gateCommand));
    }

    @BeforeAll
    void serve() throws IOException {
        assertEquals("serving", server.ask("serve " + PORT));
        assertTrue(gate.answer().startsWith("Done"));
        assertEquals(CLOSED, gate.ask("install"));
    }

    @BeforeEach
    void close() throws IOException {
        assertEquals(DONE, gate.ask("close"));
        // what the watch noticed of the test before is told once, and would be told to this one
        gate.ask("state");
    }

    @AfterAll
    void end() {
        lab.close();
    }

    private String connect(Remote from) throws IOException {
        return from.ask("connect " + lab.address("member") + " " + PORT);
    }

    private void open(long round, int ttlMs) throws IOException {
        assertEquals(DONE, gate.ask("stage " + round + " " + ttlMs));
        assertEquals(DONE, gate.ask("activate " + round));
    }

    private void stream() throws IOException {
        assertEquals("started", app.ask("stream " + lab.address("member") + " " + PORT));
        await("data flows", () -> last().sentNs() > 0);
    }

    private record Last(long sentNs, long receivedNs, String status) {}

    private Last last() {
        try {
            String[] words = app.ask("last").split(" ", 3);
            return new Last(Long.parseLong(words[0]), Long.parseLong(words[1]), words[2]);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private int askedServer() {
        try {
            return Integer.parseInt(server.ask("asked"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long endNs = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < endNs, what);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    @Test
    @DisplayName("closed: a client is refused at once; a peer and the member's own host pass")
    void closed() throws IOException {
        assertEquals(REFUSED, connect(app));
        assertEquals("connected", connect(peer));
        assertEquals("connected", connect(server));
        assertEquals(CLOSED, gate.ask("state"));
    }

    @Test
    @DisplayName("who becomes a peer passes from then on, who is none any more does not; a gate that is open stays so")
    void otherPeers() throws IOException {
        open(1, 3000);
        assertEquals(DONE, gate.ask("pass " + lab.address("app")));
        assertTrue(stateIs("OPEN"));
        assertEquals(DONE, gate.ask("close"));
        assertEquals("connected", connect(app));
        assertEquals(REFUSED, connect(peer));
        assertEquals(CLOSED, gate.ask("state"), "it is no change by somebody else");
        assertEquals(DONE, gate.ask("pass " + lab.address("peer")));
        assertEquals(List.of("connected", REFUSED), List.of(connect(peer), connect(app)));
    }

    @Test
    @DisplayName("an established connection dies no later than T after the last stage")
    void timerCuts() throws IOException {
        int ttlMs = 800;
        assertEquals(DONE, gate.ask("stage 1 " + ttlMs));
        long stagedNs = System.nanoTime();
        assertEquals(DONE, gate.ask("activate 1"));
        stream();
        await("the stream dies", () -> !last().status().equals("running"));
        long overNs = last().sentNs() - stagedNs - TimeUnit.MILLISECONDS.toNanos(ttlMs);
        assertTrue(overNs < TICKS_NS, "data sent " + overNs / 1000 + " us after T got through");
        assertTrue(overNs > -TimeUnit.MILLISECONDS.toNanos(200), "it was cut " + -overNs / 1000 + " us early");
        assertEquals("Connection reset", last().status());
        assertEquals(REFUSED, connect(app));
    }

    @Test
    @DisplayName("renewals before T keep a connection alive over many switches of the slot")
    void renewals() throws IOException {
        open(1, 600);
        stream();
        long endNs = System.nanoTime() + Duration.ofMillis(2500).toNanos();
        for (long round = 2; System.nanoTime() < endNs; round++) {
            open(round, 600);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
        assertEquals("running", last().status());
        assertTrue(last().sentNs() > endNs - TimeUnit.MILLISECONDS.toNanos(500));
    }

    @Test
    @DisplayName("a round that is staged and not granted opens nothing and prolongs nothing")
    void stagedOnly() throws IOException {
        assertEquals(DONE, gate.ask("stage 1 5000"));
        assertEquals(REFUSED, connect(app));
        open(2, 300);
        assertEquals("connected", connect(app));
        assertEquals(DONE, gate.ask("stage 3 5000"));
        await("round 2 runs out", () -> stateIs("CLOSED"));
        assertEquals(REFUSED, connect(app));
        assertTrue(gate.ask("activate 2").startsWith("Refused"));
    }

    private boolean stateIs(String position) {
        return answer("state").contains(position);
    }

    @Test
    @DisplayName("a process that is paused between stage and activate for longer than T does not open the gate")
    void pausedRenewer() throws IOException {
        assertEquals(DONE, gate.ask("stage 1 400"));
        long stagedNs = System.nanoTime();
        signal("STOP");
        await("T is over", () -> System.nanoTime() - stagedNs > TimeUnit.MILLISECONDS.toNanos(450));
        signal("CONT");
        String outcome = gate.ask("activate 1");
        assertEquals(REFUSED, connect(app));
        assertTrue(outcome.startsWith("Refused") && outcome.contains("run out"), outcome);
        assertEquals(CLOSED, gate.ask("state"));
    }

    private void signal(String name) throws IOException {
        try {
            assertEquals(
                    0,
                    new ProcessBuilder(
                                    "sh",
                                    "-c",
                                    "kill -" + name + " " + gate.handle().pid())
                            .start()
                            .waitFor());
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    @DisplayName("close cuts at once, and a round staged before it opens nothing after it")
    void closeCuts() throws IOException {
        open(1, 10_000);
        stream();
        assertEquals(DONE, gate.ask("stage 2 10000"));
        long askedNs = System.nanoTime();
        assertEquals(DONE, gate.ask("close"));
        long closedNs = System.nanoTime();
        await("the stream dies", () -> !last().status().equals("running"));
        assertTrue(last().sentNs() <= closedNs, "data passed after close was done");
        assertTrue(closedNs - askedNs < TimeUnit.MILLISECONDS.toNanos(170), "close took longer than g of profile fast");
        assertTrue(gate.ask("activate 2").startsWith("Refused"));
        assertEquals(REFUSED, connect(app));
        assertEquals("connected", connect(peer));
    }

    @Test
    @DisplayName("a client that waits for an answer while the gate closes gets a reset, and no answer")
    void waitingClient() throws IOException {
        open(1, 10_000);
        int before = askedServer();
        assertEquals("started", app.ask("wait " + lab.address("member") + " " + PORT + " 300"));
        await("the server was asked", () -> askedServer() == before + 1);
        assertEquals(DONE, gate.ask("close"));
        await("the client is told", () -> last().status().equals("Connection reset"));
        assertEquals(0, last().sentNs());
    }

    @Test
    @DisplayName("readers pass until their time runs out, and not beside writers")
    void readers() throws IOException {
        assertEquals(DONE, gate.ask("read 400"));
        assertEquals("connected", connect(app));
        assertTrue(stateIs("READ"));
        await("readers' time runs out", () -> stateIs("CLOSED"));
        assertEquals(REFUSED, connect(app));
        open(1, 10_000);
        assertTrue(gate.ask("read 400").startsWith("Refused"));
        assertTrue(stateIs("OPEN"));
    }

    @Test
    @DisplayName(
            "a restarted process adopts an open gate, connections live on, and its first round does not disturb the old one")
    void adoption() throws IOException {
        open(1, 8000);
        stream();
        gate.close();
        gate = new Remote(lab.process("member", gateCommand));
        assertTrue(gate.answer().startsWith("Done"));
        assertTrue(gate.ask("install").contains("position=OPEN"));
        assertEquals(DONE, gate.ask("stage 1 2000"));
        assertTrue(stateIs("OPEN"));
        assertTrue(gate.ask("read 100").startsWith("Refused"));
        assertEquals("running", last().status());
        assertEquals(DONE, gate.ask("activate 1"));
        await("the new round runs out", () -> !last().status().equals("running"));
    }

    @Test
    @DisplayName("rules that somebody flushed are put back closed, and the outcome says so")
    void flushed() throws IOException {
        open(1, 10_000);
        nft("flush ruleset");
        String refused = gate.ask("stage 2 10000");
        assertTrue(refused.startsWith("Refused") && refused.contains("was removed"), refused);
        assertEquals(REFUSED, connect(app));
        open(3, 10_000);
        assertEquals("connected", connect(app));
        nft("flush ruleset");
        assertEquals(DONE, gate.ask("close"));
        assertEquals(REFUSED, connect(app));
    }

    @Test
    @DisplayName("rules that somebody edited are noticed within a second or so, and put back closed")
    void edited() throws IOException {
        open(1, 10_000);
        nft("insert rule inet interrex_a arriving accept");
        long editedNs = System.nanoTime();
        long[] round = {1};
        String[] outcome = {""};
        await("the edit is noticed", () -> {
            try {
                outcome[0] = gate.ask("stage " + ++round[0] + " 10000");
                return !outcome[0].equals(DONE);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        assertTrue(outcome[0].contains("was edited"), outcome[0]);
        assertTrue(System.nanoTime() - editedNs < Duration.ofSeconds(2).toNanos());
        assertEquals(REFUSED, connect(app));
    }

    @Test
    @DisplayName(
            "a closed gate whose rules are flushed closes again at once and by itself, though nobody asks for anything")
    void idle() throws IOException {
        await("the kernel tells of changes", () -> answer("watching").equals("true"));
        for (int n = 0; n < 3; n++) {
            nft("flush ruleset");
            long flushedNs = System.nanoTime();
            await("the rules are back", () -> connectQuietly().equals(REFUSED));
            long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - flushedNs);
            assertTrue(
                    tookMs < 900,
                    "the rules were back after " + tookMs + " ms; a look without a reason comes every 10 s");
            assertTrue(gate.ask("state").contains("was removed"));
            assertEquals(CLOSED, gate.ask("state"));
        }
    }

    @Test
    @DisplayName("the watch over the rules tells of a stranger's change; those of the gate's own do not even wake it")
    void changes() throws IOException {
        assertEquals("told=2 woken=not", gate.ask("changes"));
    }

    private String answer(String question) {
        try {
            return gate.ask(question);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private String connectQuietly() {
        try {
            return connect(app);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void nft(String command) throws IOException {
        try {
            assertEquals(
                    0,
                    lab.privilegedProcess("member", List.of("nft", command))
                            .inheritIO()
                            .start()
                            .waitFor());
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    @DisplayName("five renewals a second cost less than 1 % of a core")
    void cost() throws IOException {
        gate.ask("renew 300");
        String answer = gate.ask("renew 300");
        long cpuUs = Long.parseLong(answer.replaceAll("cpu_us=(\\d+) .*", "$1"));
        assertTrue(cpuUs * 5 < 10_000, answer);
    }

    @Test
    @DisplayName("without CAP_NET_ADMIN there is no kernel gate, and the reason names the capability")
    void withoutCapability() throws IOException {
        List<String> argv = new ArrayList<>(List.of("setpriv", "--inh-caps=-all", "--ambient-caps=-all", "--"));
        argv.addAll(gateCommand);
        try (Remote powerless = new Remote(lab.process("member", argv))) {
            String answer = powerless.answer();
            assertTrue(answer.startsWith("Refused") && answer.contains("CAP_NET_ADMIN"), answer);
        }
    }
}
