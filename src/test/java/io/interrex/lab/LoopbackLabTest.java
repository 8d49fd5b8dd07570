package io.interrex.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoopbackLabTest {

    @TempDir
    private Path directory = Path.of("");

    @Test
    @DisplayName("it says which faults it cannot show, why, and refuses them")
    void limits() {
        try (Lab lab = LoopbackLab.create(LabSpec.of("a", "b"), "no rights")) {
            assertEquals(Set.of(Fault.PROCESS_DEATH, Fault.HOST_PAUSE), lab.faults());
            assertTrue(lab.limitation().endsWith("no rights"));
            assertTrue(String.valueOf(
                            assertThrows(LabException.class, () -> lab.cut("a")).getMessage())
                    .startsWith("fault CUT cannot be shown"));
            assertThrows(LabException.class, () -> lab.loss("a", 10));
            assertThrows(IllegalArgumentException.class, () -> lab.address("z"));
        }
    }

    @Test
    @DisplayName(
            "hosts have addresses of their own; killing one kills its processes and their children, and no other's")
    void processes() throws IOException {
        try (Lab lab = LoopbackLab.create(LabSpec.of("a", "b"), "no rights");
                Remote a = new Remote(lab.process("a", Remote.java(directory, NetShell.class)));
                Remote b = new Remote(lab.process("b", Remote.java(directory, NetShell.class)))) {
            assertEquals("serving", a.ask("serve 17000"));
            assertEquals("connected", b.ask("connect " + lab.address("a") + " 17000"));
            Process child =
                    lab.process("a", List.of("sh", "-c", "sleep 1000 & wait")).start();
            assertTrue(
                    Shell.await(Duration.ofSeconds(5), () -> lab.processes("a").size() == 3));
            lab.killHost("a");
            assertEquals(List.of(), lab.processes("a"));
            assertFalse(child.isAlive());
            assertEquals("Connection refused", b.ask("connect " + lab.address("a") + " 17000"));
        }
    }
}
