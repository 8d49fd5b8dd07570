package io.interrex.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.interrex.testkit.Unprivileged;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The right to change the kernel's rules")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GateRightTest {
    private static final List<String> OWN_RIGHTS = List.of("cat", GateRight.OWN_STATUS.toString());
    private static final String NET_ADMIN_AND_BIND = "+net_admin,+net_bind_service";

    @Test
    @DisplayName("is inherited by each child of an unprivileged node, and taken from it alone, other rights are not")
    void taken() throws Exception {
        assumeTrue(Unprivileged.isRoot(), "only root can give a process rights to pass on");
        List<String> before = asUnprivilegedNode(OWN_RIGHTS);
        assertTrue(GateRight.isInherited(before), before.toString());

        List<String> after = asUnprivilegedNode(GateRight.taken(OWN_RIGHTS));
        assertEquals(List.of("0000000000000400"), rights(after, "CapEff:"), "CAP_NET_BIND_SERVICE alone");
        assertEquals(List.of("0000000000000400"), rights(after, "CapPrm:"));
        assertEquals(List.of("0000000000000400"), rights(after, "CapInh:"));
    }

    @Test
    @DisplayName("is taken from each program that a node keeps running")
    void keptPrograms(@TempDir Path directory) throws Exception {
        Path told = directory.resolve("told");
        Path setpriv =
                Files.writeString(directory.resolve("setpriv"), "#!/bin/sh\nprintf '%s\\n' \"$@\" > " + told + "\n");
        assertTrue(setpriv.toFile().setExecutable(true));
        var program = new KeptProgram(
                "test", setpriv, List.of("/bin/true"), () -> {}, line -> false, () -> false, line -> {}, () -> {});
        assertThrows(KeptProgram.NotUp.class, program::start);
        program.close();
        List<String> line = Files.readAllLines(told);
        assertEquals(
                List.of("--pdeathsig", "KILL", "--inh-caps=-net_admin", "--ambient-caps=-net_admin", "--", "/bin/true"),
                line);
    }

    @Test
    @DisplayName("needs no other program where nothing is passed on")
    void nothingPassedOn() throws IOException {
        assumeTrue(!GateRight.isInherited(Files.readAllLines(GateRight.OWN_STATUS)), "this test may pass rights on");
        assertEquals(OWN_RIGHTS, GateRight.kept(OWN_RIGHTS));
    }

    private static List<String> rights(List<String> status, String which) {
        return status.stream()
                .filter(line -> line.startsWith(which))
                .map(line -> line.substring(which.length()).strip())
                .toList();
    }

    private static List<String> asUnprivilegedNode(List<String> command) throws Exception {
        var line = new ArrayList<>(List.of(
                "setpriv",
                "--reuid=nobody",
                "--regid=nogroup",
                "--clear-groups",
                "--inh-caps=-all," + NET_ADMIN_AND_BIND,
                "--ambient-caps=-all," + NET_ADMIN_AND_BIND,
                "--"));
        line.addAll(command);
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        try (var output = process.getInputStream()) {
            var text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), text);
            return text.lines().toList();
        } finally {
            process.destroyForcibly();
        }
    }
}
