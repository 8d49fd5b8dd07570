package io.interrex.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.host.ProgramPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("deploy/systemd/interrex.service")
final class NodeUnitTest {

    private final Unit unit = Unit.read();

    @TempDir
    private Path directory = Path.of("");

    NodeUnitTest() throws IOException {}

    private List<String> all(String... keys) {
        return Stream.of(keys).flatMap(key -> unit.values(key).stream()).toList();
    }

    @Test
    @DisplayName(
            "ends the node's process alone, keeps the guard's socket, and is not ended by the kernel's choice of a backend")
    void children() {
        assertEquals(List.of("process"), unit.values("KillMode"));
        assertEquals(List.of("yes"), unit.values("RuntimeDirectoryPreserve"));
        assertEquals(List.of("continue"), unit.values("OOMPolicy"));
        assertEquals(List.of("always"), unit.values("Restart"));
        // each start would have another /tmp, and another /proc, than the server that it takes over
        assertEquals(List.of(), all("PrivateTmp", "ProtectProc", "ExecReload", "ExecStop", "ExecStopPost"));
    }

    @Test
    @DisplayName("lets the node make a cgroup below its own, delegated and writable")
    void delegated() {
        assertEquals(List.of("yes"), unit.values("Delegate"));
        assertEquals(List.of("no"), unit.values("ProtectControlGroups"));
    }

    @Test
    @DisplayName("gives the node one right, no root, and the plain form of its command line")
    void rights() {
        assertEquals(List.of("interrex"), unit.values("User"));
        assertEquals(List.of("CAP_NET_ADMIN", "CAP_NET_ADMIN"), all("AmbientCapabilities", "CapabilityBoundingSet"));
        assertEquals(List.of("yes"), unit.values("NoNewPrivileges"));
        assertEquals(
                List.of(
                        Unit.HOME + "bin/interrex",
                        "node",
                        "--config",
                        "${INTERREX_CONFIG}",
                        "--name",
                        "${INTERREX_NODE}"),
                unit.values("ExecStart"));
        assertTrue(unit.values("RestrictAddressFamilies").contains("AF_NETLINK"), "the gate speaks netlink");
    }

    @Test
    @DisplayName("is sound to systemd-analyze, where that is installed")
    void sound() throws Exception {
        String analyze = ProgramPath.find("systemd-analyze")
                .orElseGet(() -> Assumptions.abort("systemd-analyze is not installed"))
                .toString();
        Path program = Files.writeString(directory.resolve("interrex"), "#!/bin/sh\n");
        assertTrue(program.toFile().setExecutable(true));
        for (Path file : List.of(Unit.FILE, Unit.GATE)) {
            Files.writeString(
                    directory.resolve(String.valueOf(file.getFileName())),
                    Files.readString(file).replace(Unit.HOME + "bin/interrex", program.toString()));
        }
        String copy = directory.resolve("interrex.service").toString();
        assertEquals(new Run(0, ""), Run.of(analyze, "verify", "--man=no", copy));
        // for information: 0 is the best, 10 the worst; a unit without any setting has 9.6
        System.out.print(Run.of(analyze, "security", "--offline=true", copy)
                .text()
                .lines()
                .filter(line -> line.contains("Overall exposure"))
                .findFirst()
                .map(line -> line + "\n")
                .orElse(""));
        Files.writeString(
                Path.of(copy), Files.readString(Path.of(copy)).replace("KillMode=process", "KillMode=proces"));
        assertTrue(
                Run.of(analyze, "verify", "--man=no", copy).text().contains("Failed to parse"),
                "nothing is ever wrong");
    }
}
