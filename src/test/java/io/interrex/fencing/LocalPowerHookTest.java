package io.interrex.fencing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.PowerHook;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A program that powers a host off")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LocalPowerHookTest {
    private static final PowerHook.Target TARGET = new PowerHook.Target("main", 7, "a", "10.0.0.1; reboot", 2);

    @TempDir
    Path directory;

    private Outcome<Nothing> run(String script, Duration runMax) throws IOException {
        Path program = Files.writeString(directory.resolve("off"), "#!/bin/sh\n" + script + "\n");
        assertTrue(program.toFile().setExecutable(true));
        return new LocalPowerHook(List.of(program.toString(), "$(id)"), runMax, path -> Optional.empty())
                .powerOff(TARGET)
                .toCompletableFuture()
                .join();
    }

    @ParameterizedTest(name = "exit code {0} => {1}")
    @CsvSource({"0, Done", "10, Refused", "1, Unknown", "2, Unknown", "126, Unknown", "127, Unknown", "255, Unknown"})
    @DisplayName("says done by 0 and refused by 10 alone: what fails half-way is unknown")
    void codes(int code, String said) throws IOException {
        Outcome<Nothing> outcome = run("echo so far; exit " + code, Duration.ofSeconds(20));
        assertEquals(said, outcome.getClass().getSimpleName(), outcome.toString());
        assertTrue(code == 0 || outcome.toString().contains("it printed: so far"), outcome.toString());
    }

    @ParameterizedTest(name = "exit code {0} => {1}")
    @CsvSource({"0, Done", "10, Refused", "1, Unknown"})
    @DisplayName("counts by its exit code also where what it printed cannot be read: it was run")
    void outputLost(int code, String said) throws IOException {
        Outcome<Nothing> outcome = run("rm \"$(readlink /proc/$$/fd/1)\"; exit " + code, Duration.ofSeconds(20));
        assertEquals(said, outcome.getClass().getSimpleName(), outcome.toString());
        assertFalse(outcome.toString().contains("was not run"), outcome.toString());
    }

    @Test
    @DisplayName("is unknown where a signal ends it")
    void signal() throws IOException {
        assertInstanceOf(Outcome.Unknown.class, run("kill -TERM $$", Duration.ofSeconds(20)));
    }

    @Test
    @DisplayName("is told whose host, in its environment and unread by any shell, and nothing of the node's own")
    void told() throws IOException {
        Path got = directory.resolve("got");
        run("env > " + got + "; echo \"arg=$1\" >> " + got, Duration.ofSeconds(20));
        String seen = Files.readString(got);
        for (String line : List.of(
                "INTERREX_ACTION=off",
                "INTERREX_GROUP=main",
                "INTERREX_EPOCH=7",
                "INTERREX_MEMBER=a",
                "INTERREX_HOST=10.0.0.1; reboot",
                "INTERREX_ATTEMPT=2",
                "INTERREX_TIMEOUT_MS=20000",
                "arg=$(id)")) {
            assertTrue(seen.lines().anyMatch(line::equals), seen);
        }
        assertFalse(seen.contains("HOME="), seen);
    }

    @Test
    @DisplayName("that does not end in time is unknown, and nothing that it started lives, in whatever session")
    void killed() throws IOException {
        Path pids = directory.resolve("pids");
        Outcome<Nothing> outcome = run(
                "trap '' TERM HUP; (setsid sh -c 'echo $$ >> %s; exec sleep 1000' &) ; echo $$ >> %s; sleep 1000"
                        .formatted(pids, pids),
                Duration.ofSeconds(2));
        assertInstanceOf(Outcome.Unknown.class, outcome);
        assertTrue(outcome.toString().contains("was killed"), outcome.toString());
        List<String> started = Files.readAllLines(pids);
        assertEquals(2, started.size(), started.toString());
        for (String pid : started) {
            assertTrue(isGone(pid), pid + " lives");
        }
    }

    /** A zombie that nobody has taken yet runs no more. */
    private static boolean isGone(String pid) {
        try {
            return Files.readString(Path.of("/proc", pid, "stat"), StandardCharsets.UTF_8)
                    .contains(") Z ");
        } catch (IOException gone) {
            return true;
        }
    }

    @Test
    @DisplayName("is not run, and that is refused, where it cannot be started or is not to be trusted")
    void notRun() throws IOException {
        Path ran = directory.resolve("ran");
        Path program = Files.writeString(directory.resolve("off"), "#!/bin/sh\ntouch " + ran + "\n");
        assertTrue(program.toFile().setExecutable(true));
        var hook = new LocalPowerHook(List.of(program.toString()), Duration.ofSeconds(20));
        assertInstanceOf(
                Outcome.Refused.class,
                hook.powerOff(TARGET).toCompletableFuture().join());
        assertFalse(Files.exists(ran));
        var absent = new LocalPowerHook(
                List.of(directory.resolve("absent").toString()), Duration.ofSeconds(20), path -> Optional.empty());
        assertInstanceOf(
                Outcome.Refused.class,
                absent.powerOff(TARGET).toCompletableFuture().join());
    }
}
