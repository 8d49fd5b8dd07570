package io.interrex.guard;

import static io.interrex.guard.GuardRig.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.testkit.TempPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The guard and hostile input")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GuardHostileInputTest {
    private static final long SEED = 20_260_101;
    private TempPostgres postgres;
    private GuardRig rig;
    private long guard;

    @BeforeEach
    void open() throws Exception {
        postgres = TempPostgres.empty();
        rig = new GuardRig(postgres, "run");
        rig.agent().close();
        guard = rig.guardPid();
    }

    @AfterEach
    void close() throws Exception {
        assertEquals(guard, rig.guardPid(), "it is still the same guard");
        rig.close();
        postgres.close();
    }

    @ParameterizedTest(name = "{0} → {1}")
    @CsvSource(delimiter = '|', textBlock = """
                    7 NONSENSE                                | 7 ERR SYNTAX
                    7                                         | 7 ERR SYNTAX
                    STATUS                                    | 0 ERR SYNTAX
                    -1 STATUS                                 | 0 ERR SYNTAX
                    0 STATUS                                  | 0 ERR SYNTAX
                    99999999999999999999 STATUS               | 0 ERR SYNTAX
                    7 status                                  | 7 ERR SYNTAX
                    7  STATUS                                 | 7 ERR SYNTAX
                    7 ARM                                     | 7 ERR NUMBER
                    7 ARM 1 2                                 | 7 ERR NUMBER
                    7 ARM x 2 3                               | 7 ERR NUMBER
                    7 ARM 1 99999999999999999999 3            | 7 ERR NUMBER
                    7 ARM 1 1 0                               | 7 ERR DEADLINE
                    7 ARM 1 -9223372036854775808 0            | 7 ERR NUMBER
                    7 ARM 1 9223372036854775807 0             | 7 ERR NUMBER
                    7 ARM 1 1 9223372036854775807             | 7 ERR NUMBER
                    7 ARM 1 -4611686018427387904 0            | 7 ERR DEADLINE
                    7 ARM 1 4611686018427387904 0             | 7 ERR DEADLINE
                    7 START                                   | 7 ERR SYNTAX
                    7 START /tmp /tmp/x                       | 7 ERR SYNTAX
                    7 START /tmp /tmp/x relative/postgres     | 7 ERR SYNTAX
                    7 START /tmp /tmp/x /bin/false %          | 7 ERR SYNTAX
                    7 START /tmp /tmp/x /bin/false %4         | 7 ERR SYNTAX
                    7 START /tmp /tmp/x /bin/false %00        | 7 ERR SYNTAX
                    7 START /tmp /tmp/x /bin/false %zz        | 7 ERR SYNTAX
                    7 START /tmp /tmp/x /bin/false            | 7 ERR UNGUARDED
                    7 SWEEP                                   | 7 ERR DATA
                    7 SWEEP /nowhere%20at%20all               | 7 ERR DATA
                    7 SWEEP %                                 | 7 ERR DATA
                    7 FAST                                    | 7 ERR EMPTY
                    7 RELOAD                                  | 7 ERR EMPTY
                    """)
    @DisplayName("answers a bad request with the reason")
    void refuses(String request, String answer) throws IOException {
        try (var raw = new RawGuard(rig.launcher.socket())) {
            String got = raw.ask(request);
            assertTrue(got.startsWith(answer), got);
            assertTrue(raw.ask("8 STATUS").startsWith("8 OK version=1 "));
        }
    }

    @Test
    @DisplayName("takes a deadline only up to 60 s ahead, and only if the machine did not sleep since it was made")
    void deadlinesAreBounded() throws IOException {
        try (var raw = new RawGuard(rig.launcher.socket())) {
            var status = Words.fields(raw.ask("1 HELLO"));
            long mono = Words.number(status, "mono_ns");
            long off = Words.number(status, "off_ns");
            long in50s = mono + 50_000_000_000L;
            assertTrue(
                    raw.ask("2 ARM 1 " + (mono + 61_000_000_000L) + " " + off).startsWith("2 ERR DEADLINE"));
            assertTrue(
                    raw.ask("3 ARM 1 " + in50s + " " + (off - 1_000_000_000L)).startsWith("3 ERR STUNNED"));
            assertEquals("unguarded", Words.fields(raw.ask("4 STATUS")).get("mode"));
            assertEquals("5 OK", raw.ask("5 ARM 1 " + in50s + " " + off));
            assertEquals("armed", Words.fields(raw.ask("6 STATUS")).get("mode"));
        }
    }

    @Test
    @DisplayName("lets an agent go that sends a line of more than 4095 bytes, and serves the next")
    void longLines() throws IOException {
        byte[] line = new byte[100_000];
        Arrays.fill(line, (byte) 'a');
        try (var raw = new RawGuard(rig.launcher.socket())) {
            raw.send(Arrays.copyOf(line, 4096));
            assertTrue(raw.line().startsWith("0 ERR TOO_LONG"));
            assertEquals("closed", raw.line());
        }
        try (var raw = new RawGuard(rig.launcher.socket())) {
            String words = "1 STATUS" + " a".repeat(127);
            assertTrue(raw.ask(words).startsWith("1 ERR SYNTAX"), "more than 128 words");
        }
    }

    @Test
    @DisplayName("reads requests in pieces and in one go, with NUL bytes, without an end")
    void pieces() throws IOException {
        try (var raw = new RawGuard(rig.launcher.socket())) {
            for (byte b : "1 STATUS\n".getBytes(StandardCharsets.UTF_8)) {
                raw.send(new byte[] {b});
            }
            assertTrue(raw.line().startsWith("1 OK"));
            raw.send("2 DISARM\n3 NO\0THING\n4 DISARM\n5 unfinished".getBytes(StandardCharsets.UTF_8));
            assertEquals("2 OK", raw.line());
            assertTrue(raw.line().startsWith("3 ERR SYNTAX"));
            assertEquals("4 OK", raw.line());
        }
    }

    @Test
    @DisplayName("survives ten thousand random lines of its own words")
    void randomWords() throws Exception {
        String[] words = {
            "ARM",
            "DISARM",
            "STATUS",
            "START",
            "SWEEP",
            "KILL",
            "FAST",
            "IMMEDIATE",
            "HELLO",
            "1",
            "-1",
            "0",
            "/tmp",
            "/bin/false",
            "%2F",
            "%",
            "",
            "A=B",
            "99999999999",
            "\0",
            "é",
            "a".repeat(600)
        };
        var random = new Random(SEED);
        for (int agent = 0; agent < 20; agent++) {
            try (var raw = new RawGuard(rig.launcher.socket())) {
                for (int line = 0; line < 500; line++) {
                    var text = new StringBuilder().append(line + 1);
                    for (int i = random.nextInt(8); i >= 0; i--) {
                        text.append(' ').append(words[random.nextInt(words.length)]);
                    }
                    raw.send(text.append('\n').toString().getBytes(StandardCharsets.UTF_8));
                }
            } catch (IOException e) {
                assertTrue(guardAnswers(), "let go for not reading its answers, with seed " + SEED + ": " + e);
            }
        }
        assertTrue(guardAnswers());
    }

    @Test
    @DisplayName("lets an agent go that does not read its answers, instead of waiting for it")
    void doesNotWaitForReaders() throws IOException {
        try (var deaf = new RawGuard(rig.launcher.socket())) {
            byte[] many = "1 STATUS\n".repeat(100).getBytes(StandardCharsets.UTF_8);
            IOException end = null;
            for (int i = 0; i < 1000 && end == null; i++) {
                try {
                    deaf.send(many);
                } catch (IOException e) {
                    end = e;
                }
            }
            assertTrue(end != null, "100000 answers were not read, and the guard still listens");
        }
        assertTrue(guardAnswers());
    }

    @Test
    @DisplayName("serves the agent that came last, and a client that was displaced comes back by itself")
    void lastComesFirst() throws Exception {
        var agent = rig.agent();
        try (var raw = new RawGuard(rig.launcher.socket())) {
            assertTrue(raw.ask("1 STATUS").startsWith("1 OK"));
            assertEquals("closed", raw.line());
        }
        GuardRig.awaitTrue(() -> GuardRig.outcome(agent.status()) instanceof io.interrex.cluster.port.Outcome.Done);
        rig.beat(agent, Duration.ofSeconds(5));
        assertTrue(value(agent.status()).armed());
    }

    private boolean guardAnswers() throws IOException {
        try (var raw = new RawGuard(rig.launcher.socket())) {
            return raw.ask("1 STATUS").startsWith("1 OK");
        }
    }
}
