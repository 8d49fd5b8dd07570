package io.interrex.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.config.Samples;
import io.interrex.host.ProgramPath;
import io.interrex.packaging.Unit;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("deploy/systemd/interrex-gate.service")
final class GateUnitTest {

    private static final String PROGRAM = "/usr/lib/interrex/bin/interrex";

    @TempDir
    private Path directory = Path.of("");

    private static List<String> values(String key) throws IOException {
        return Unit.read(Unit.GATE).values(key);
    }

    @Test
    @DisplayName("is done before the network comes up, and after whatever flushes all rules at its own start")
    void order() throws IOException {
        assertTrue(values("Before").contains("network-pre.target"));
        assertTrue(values("Wants").contains("network-pre.target"));
        assertTrue(values("After").containsAll(List.of("nftables.service", "firewalld.service")));
        assertEquals(List.of("no"), values("DefaultDependencies"));
        assertEquals(List.of("oneshot"), values("Type"));
    }

    @Test
    @DisplayName("runs a command that there is, with the one right that it needs")
    void command() throws Exception {
        assertEquals(List.of("CAP_NET_ADMIN"), values("CapabilityBoundingSet"));
        List<String> command = values("ExecStart");
        assertEquals(PROGRAM, command.getFirst());
        var arguments = new java.util.ArrayList<>(command.subList(1, command.size()));
        arguments.replaceAll(word -> word.equals("${INTERREX_NODE}") ? "a" : word);
        arguments.addAll(
                List.of("--print", "--config", Samples.sound(directory).file().toString()));
        var out = new StringWriter();
        var err = new StringWriter();
        int code = Cli.run(
                arguments.toArray(String[]::new), (config, host) -> 42, new PrintWriter(out), new PrintWriter(err));
        assertEquals(0, code, err.toString());
        assertTrue(out.toString().startsWith("add table inet interrex_a\n"), out.toString());
        assertTrue(out.toString().contains("peers4 { 127.0.0.12, 127.0.0.13 }"), out.toString());
    }

    @Test
    @DisplayName("is sound to systemd-analyze, where that is installed")
    void sound() throws Exception {
        Path analyze = ProgramPath.find("systemd-analyze")
                .orElseGet(() -> Assumptions.abort("systemd-analyze is not installed"));
        Path program = Files.writeString(directory.resolve("interrex"), "#!/bin/sh\n");
        assertTrue(program.toFile().setExecutable(true));
        Path unit = directory.resolve(String.valueOf(Unit.GATE.getFileName()));
        Files.writeString(unit, Files.readString(Unit.GATE).replace(PROGRAM, program.toString()));
        assertEquals("0: ", verified(analyze, unit));
        Files.writeString(unit, Files.readString(unit).replace("Type=oneshot", "Type=once"));
        assertTrue(
                verified(analyze, unit).contains("Failed to parse"), "systemd-analyze finds nothing wrong in anything");
    }

    /** Exit code and output. */
    private static String verified(Path analyze, Path unit) throws Exception {
        Process process = new ProcessBuilder(analyze.toString(), "verify", "--man=no", unit.toString())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        return process.exitValue() + ": " + said;
    }
}
