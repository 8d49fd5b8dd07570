package io.interrex.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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

@DisplayName("The demo's own directory and configuration")
class DemoConfigTest {

    private static final List<String> HOSTS = List.of("a", "b", "c", "app");

    @TempDir
    private Path directory = Path.of("");

    private Places take(String name, boolean keep) throws IOException {
        Path dist = Files.createDirectories(directory.resolve("dist"));
        return Places.take(directory.resolve(name), dist, null, keep, HOSTS, User.NOBODY);
    }

    @Test
    @DisplayName("the configuration is sound: three voters with a member, an edge node with the router, nothing shared")
    void configuration() throws IOException, ConfigProblems {
        try (Places places = take("one", false)) {
            places.write(
                    places.config(),
                    ConfigText.of(
                            places,
                            Installation.MEMBERS,
                            Installation.EDGE,
                            Layout.USUAL,
                            host -> "10.77.0." + (HOSTS.indexOf(host) + 1),
                            "fast",
                            "auto"));
            ClusterConfig config = ConfigFile.load(places.config());
            assertEquals(List.of("a", "b", "c"), config.voters());
            assertTrue(config.node("app").edge());
            assertEquals(3, config.group("main").members().size());
            assertEquals(
                    "10.77.0.4", config.routers().sequencedValues().getFirst().bind());
        }
    }

    @Test
    @DisplayName("two demos in one directory: the second is refused, and the first keeps its files")
    void oneAtATime() throws IOException {
        try (Places first = take("two", false)) {
            assertThrows(RuntimeException.class, () -> take("two", false));
            assertTrue(Files.exists(first.secrets()));
        }
    }

    @Test
    @DisplayName("at the end nothing is left, unless it is to be kept; then the passwords are the same again")
    void leftovers() throws IOException {
        Path base = directory.resolve("three");
        take("three", false).close();
        assertFalse(Files.exists(base));

        Places kept = take("three", true);
        String password = kept.password(Places.APP_ROLE);
        kept.close();
        try (Places again = take("three", true)) {
            assertEquals(password, again.password(Places.APP_ROLE));
        }
    }
}
