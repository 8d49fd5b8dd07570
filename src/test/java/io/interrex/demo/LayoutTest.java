package io.interrex.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.config.ClusterConfig;
import io.interrex.config.ConfigFile;
import io.interrex.config.ConfigProblems;
import io.interrex.lab.LabSpec.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The installation that faults need")
final class LayoutTest {

    private static final List<String> HOSTS = List.of("a", "b", "c", "d", "e", "app");

    @TempDir
    private Path directory = Path.of("");

    @Test
    @DisplayName("is one for all that a story breaks, in the profile that was chosen for it")
    void together() {
        assertEquals(Layout.USUAL, Layout.of(List.of(FaultKind.KILL, FaultKind.AGENT)));
        Layout all = Layout.of(List.of(FaultKind.KILL, FaultKind.FULL, FaultKind.BOTH, FaultKind.COPY));
        assertEquals(new Layout(List.of("d", "e"), 2, true, null), all);
        assertThrows(DemoException.class, () -> Layout.of(List.of(FaultKind.LEADING, FaultKind.REPLICA)));
    }

    @Test
    @DisplayName("has voters without a member, and as many copies of each commit, as its file says")
    void file() throws IOException, ConfigProblems {
        Path dist = Files.createDirectories(directory.resolve("dist"));
        try (Places places = Places.take(directory.resolve("one"), dist, null, false, HOSTS, User.NOBODY)) {
            Layout layout = Layout.of(List.of(FaultKind.BOTH, FaultKind.COPY));
            places.write(
                    places.config(),
                    ConfigText.of(
                            places,
                            Installation.MEMBERS,
                            Installation.EDGE,
                            layout,
                            host -> "10.77.0." + (HOSTS.indexOf(host) + 1),
                            "fast",
                            "auto"));
            ClusterConfig config = ConfigFile.load(places.config());
            assertEquals(List.of("a", "b", "c", "d", "e"), config.voters());
            assertEquals(3, config.group("main").members().size());
            assertTrue(Files.readString(places.config()).contains("k = 2"));
        }
    }
}
