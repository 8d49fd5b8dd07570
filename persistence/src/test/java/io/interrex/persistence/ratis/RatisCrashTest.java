package io.interrex.persistence.ratis;

import static io.interrex.persistence.Samples.readAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.port.Envelope;
import io.interrex.persistence.Samples;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Three voters as processes, killed and stopped in the middle of appends by a client that only believes what was acknowledged. */
class RatisCrashTest {

    /** The promise is 1.4 s; a machine that runs other tests beside this one gets some more. */
    private static final Duration GAP_MAX = Duration.ofMillis(2800);

    private VoterProcesses voters;
    private RatisEventLog client;

    /** What the voters said, where a test fails. */
    @RegisterExtension
    private final AfterTestExecutionCallback whyItFailed = context -> {
        if (context.getExecutionException().isPresent()) {
            for (var node : voters.names()) {
                System.out.println("---- " + node + "\n" + voters.output(node));
            }
        }
    };

    RatisCrashTest() throws Exception {
        voters = VoterProcesses.started(40);
        client = voters.client();
    }

    @BeforeEach
    void waitForALeader() {
        Samples.appendSurely(client, Samples.after(null, "warm", 1, "x"));
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        voters.close();
    }

    @Test
    @DisplayName(
            "each voter in turn is killed (-9) in the middle of appends and starts again: nothing that was acknowledged is lost")
    void eachVoterIsKilled() throws Exception {
        var writer = new Writer(client);
        for (var node : voters.names()) {
            writer.more(30);
            voters.kill(node);
            writer.more(30);
            voters.start(node);
        }
        writer.more(30);
        assertAllThere(writer);
    }

    @Test
    @DisplayName(
            "all voters are killed (-9) at once in the middle of appends: every acknowledged event is there after the restart")
    void allAreKilledAtOnce() throws Exception {
        var writer = new Writer(client);
        writer.more(100);
        for (var node : voters.names()) {
            voters.kill(node);
        }
        voters.startAll();
        writer.more(20);
        assertAllThere(writer);
    }

    @Test
    @DisplayName("the leader is killed (-9): the next append is acknowledged within the promised gap")
    void leaderIsKilled() throws Exception {
        var writer = new Writer(client);
        writer.more(50);
        writer.forgetGap();
        voters.kill(client.leaderHint());
        writer.more(20);
        System.out.println(
                "gap after the leader was killed: " + writer.longestGap().toMillis() + " ms");
        assertTrue(writer.longestGap().compareTo(GAP_MAX) < 0, () -> "gap " + writer.longestGap());
        assertAllThere(writer);
    }

    @Test
    @DisplayName(
            "the leader's host falls silent (no reset, no refusal): the gap is the same, and its return disturbs nobody")
    void leaderFallsSilent() throws Exception {
        var writer = new Writer(client);
        writer.more(50);
        writer.forgetGap();
        var silent = client.leaderHint();
        voters.signal(silent, "STOP");
        writer.more(20);
        System.out.println(
                "gap after the leader fell silent: " + writer.longestGap().toMillis() + " ms");
        assertTrue(writer.longestGap().compareTo(GAP_MAX) < 0, () -> "gap " + writer.longestGap());
        voters.signal(silent, "CONT");
        writer.more(100);
        assertAllThere(writer);
    }

    @Test
    @DisplayName(
            "a voter that missed snapshots and compactions is brought up to date and can carry the log with one other")
    void farBehind() throws Exception {
        var writer = new Writer(client);
        writer.more(10);
        voters.kill("c");
        writer.more(400);
        voters.start("c");
        writer.more(50);
        voters.kill("a");
        writer.more(50);
        assertAllThere(writer);
    }

    private void assertAllThere(Writer writer) {
        List<Envelope> acknowledged = writer.stop();
        var stored = readAll(client, writer.stream());
        assertEquals(acknowledged, stored.subList(0, acknowledged.size()));
        assertTrue(stored.size() <= acknowledged.size() + 1, "stored " + stored.size());
    }
}
