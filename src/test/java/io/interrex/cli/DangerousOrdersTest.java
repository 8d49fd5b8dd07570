package io.interrex.cli;

import static io.interrex.cli.CliTest.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cli.CliTest.Result;
import io.interrex.cluster.port.Order;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

@DisplayName("Orders that give data up")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
final class DangerousOrdersTest {

    private final AtomicReference<StubNode> node = new AtomicReference<>();

    @BeforeAll
    void start() throws Exception {
        node.set(new StubNode());
    }

    @AfterAll
    void stop() throws Exception {
        stub().close();
    }

    private StubNode stub() {
        return node.get();
    }

    @Test
    @DisplayName("a voter's seat is given to its empty disk with a reason and --yes, or nothing is ordered")
    void readmit() {
        int before = stub().orders.size();
        String url = stub().url();
        assertEquals(
                2,
                run("voter", "readmit", "--voter", "c", "--yes", "--url", url).code());
        Result unsure = run("voter", "readmit", "--voter", "c", "--reason", "new disk", "--url", url);
        assertEquals(2, unsure.code());
        assertEquals(before, stub().orders.size());
        run("voter", "readmit", "--voter", "c", "--reason", "new disk", "--yes", "--no-wait", "--url", url);
        Order.Readmission order =
                assertInstanceOf(Order.Readmission.class, stub().orders.getLast());
        assertEquals("c", order.voter());
        assertEquals("new disk", order.reason());
    }

    @Test
    @DisplayName(
            "a restart names one member, or says all or pending, or nothing is ordered; in place only where it says so")
    void restart() {
        int before = stub().orders.size();
        assertEquals(2, run("restart", "--url", stub().url()).code());
        assertEquals(
                2,
                run("restart", "--all", "--member", "b", "--url", stub().url()).code());
        assertEquals(before, stub().orders.size());
        run("restart", "--pending", "--no-wait", "--url", stub().url());
        Order.Restart pending =
                assertInstanceOf(Order.Restart.class, stub().orders.getLast());
        assertTrue(pending.member() == null && pending.pendingOnly() && !pending.inPlace(), pending.toString());
        run("restart", "--member", "b", "--in-place", "--no-wait", "--url", stub().url());
        Order.Restart one = assertInstanceOf(Order.Restart.class, stub().orders.getLast());
        assertTrue("b".equals(one.member()) && !one.pendingOnly() && one.inPlace(), one.toString());
    }

    @Test
    @DisplayName("a switchover for later is not waited for; within belongs to at, and a cancel stands alone")
    void scheduled() {
        String url = stub().url();
        int before = stub().orders.size();
        assertEquals(2, run("switchover", "--within", "10m", "--url", url).code());
        assertEquals(2, run("switchover", "--cancel", "--to", "b", "--url", url).code());
        assertEquals(
                2,
                run("switchover", "--at", "2026-11-30T03:00:00", "--url", url).code());
        assertEquals(before, stub().orders.size());
        Result later =
                run("switchover", "--to", "b", "--at", "2026-11-30T03:00:00+01:00", "--within", "10m", "--url", url);
        assertEquals(0, later.code(), later.err());
        var scheduled =
                assertInstanceOf(Order.ScheduledSwitchover.class, stub().orders.getLast());
        assertEquals("b", scheduled.target());
        assertEquals(Instant.parse("2026-11-30T02:00:00Z"), scheduled.at());
        assertEquals(Duration.ofMinutes(10), scheduled.within());
        assertEquals(0, run("switchover", "--cancel", "--url", url).code());
        assertInstanceOf(Order.CancelSwitchover.class, stub().orders.getLast());
    }

    @Test
    @DisplayName("a reinit names the member and is confirmed, or nothing is ordered")
    void reinit() {
        int before = stub().orders.size();
        assertEquals(2, run("reinit", "--yes", "--url", stub().url()).code());
        Result unconfirmed = run("reinit", "--member", "b", "--url", stub().url());
        assertEquals(2, unconfirmed.code());
        assertTrue(unconfirmed.err().contains("would throw away the data of b"), unconfirmed.err());
        assertEquals(before, stub().orders.size());
        assertEquals(
                0,
                run("reinit", "--member", "b", "--yes", "--no-wait", "--url", stub().url())
                        .code());
        assertEquals(
                "b",
                assertInstanceOf(Order.Reinit.class, stub().orders.getLast()).member());
    }

    @Test
    @DisplayName("a forced promotion types group, epoch and reason; a dry run tells the loss and orders nothing")
    void forcePromote() {
        String url = stub().url();
        String[] order = {"force-promote", "--to", "b", "--epoch", "7", "--reason", "burnt", "--url", url};
        Result untyped = run(order);
        assertEquals(2, untyped.code());
        assertTrue(untyped.err().contains("--group has to be typed"), untyped.err());
        assertEquals(
                2,
                run("force-promote", "--to", "b", "--group", "main", "--url", url)
                        .code());
        Result wrong = run(with(order, "--group", "mian"));
        assertEquals(1, wrong.code());
        assertTrue(wrong.err().contains("refused by R960 FORCE_OTHER_GROUP"), wrong.err());
        Result dry = run(with(order, "--group", "main", "--dry-run"));
        assertEquals(0, dry.code(), dry.err());
        assertTrue(dry.out().contains("nothing was ordered: known loss: at least 30 bytes"), dry.out());
        assertTrue(dry.out().contains("last contact: 12.3 s before the order"), dry.out());
        Result done = run(with(order, "--group", "main"));
        assertEquals(0, done.code(), done.err());
        var sent = assertInstanceOf(Order.ForcePromotion.class, stub().orders.getLast());
        assertEquals("main", sent.typedGroup());
        assertEquals(7, sent.typedEpoch());
        assertEquals("burnt", sent.reason());
    }

    private static String[] with(String[] order, String... more) {
        return Stream.concat(Arrays.stream(order), Arrays.stream(more)).toArray(String[]::new);
    }
}
