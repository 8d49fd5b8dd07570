package io.interrex.persistence.ratis;

import static io.interrex.persistence.Samples.eventually;
import static io.interrex.persistence.Samples.readAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.persistence.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A leader whose disk fills up: a small disk of its own, in a mount namespace. */
class FullDiskTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final VoterProcesses voters;
    private final RatisEventLog client;

    FullDiskTest() throws IOException {
        voters = new VoterProcesses(2048);
        voters.startOnSmallDisk("a", 12 << 20);
        voters.start("b");
        voters.start("c");
        client = voters.client();
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        voters.close();
    }

    @Test
    @DisplayName(
            "a leader whose disk is full gives up leadership, the log goes on, and it leads again when there is space")
    void leaderOnAFullDisk() throws Exception {
        Samples.appendSurely(client, Samples.after(null, "warm", 1, "x"));
        var writer = new Writer(client);
        writer.more(20);
        eventually(
                "the reserve is taken",
                SOON,
                () -> Files.exists(voters.storageAsSeenBy("a").resolve("reserve")));
        lead("a");
        var filler = voters.storageAsSeenBy("a").resolve("filler");
        fill(filler);
        eventually("another leader", SOON, () -> !client.leaderHint().equals("a"));
        writer.more(600);
        assertEquals(false, client.leaderHint().equals("a"));
        assertTrue(voters.output("a").contains("does not lead until there is space"), () -> "see the output of a");
        Files.delete(filler);
        lead("a");
        writer.more(20);
        var acknowledged = writer.stop();
        assertEquals(acknowledged, readAll(client, writer.stream()).subList(0, acknowledged.size()));
    }

    private void lead(String node) throws IOException {
        var last = new AtomicReference<Outcome<Nothing>>();
        try {
            eventually(node + " leads", SOON, () -> {
                last.set(Samples.await(client.transferLeadership(node)));
                return last.get().equals(Outcome.done(Nothing.NOTHING))
                        && client.leaderHint().equals(node);
            });
        } catch (AssertionError e) {
            throw new AssertionError(last + "; " + node + " said: " + voters.output(node), e);
        }
    }

    private static void fill(java.nio.file.Path file) {
        try (var out = Files.newOutputStream(file)) {
            byte[] block = new byte[4096];
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            assertTrue(String.valueOf(full.getMessage()).contains("No space"), full::toString);
        }
    }
}
