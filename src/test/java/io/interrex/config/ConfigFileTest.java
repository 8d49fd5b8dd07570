package io.interrex.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.settings.Profile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigFileTest {

    @TempDir
    Path directory = Path.of("");

    @Test
    @DisplayName("a member that is tagged noloadbalance is known by that, and the others are not")
    void tagged() throws Exception {
        String text = Samples.SOUND + "groups.main.members.c.noloadbalance = true\n";
        var main = ConfigFile.load(Samples.write(directory, text)).group("main");
        assertTrue(main.member("c").info().noloadbalance());
        assertFalse(main.member("b").info().noloadbalance());
    }

    @Test
    @DisplayName("a sound file becomes values, with defaults where it says nothing")
    void sound() throws Exception {
        ClusterConfig config = Samples.sound(directory);
        assertEquals("trial", config.name());
        assertEquals(Profile.FAST.timings(), config.timings());
        assertEquals(List.of("a", "b", "c"), config.voters());
        assertEquals(7401, config.node("b").ports().hands());
        var main = config.group("main");
        assertEquals(1, main.settings().k());
        assertEquals(16L << 20, main.readMaxLagBytes());
        assertEquals("z2", main.member("b").info().zone());
        assertEquals("127.0.0.12", main.member("b").info().host());
        assertEquals(5, main.member("c").info().priority());
        assertFalse(main.member("c").info().noloadbalance());
        assertEquals(Path.of("/tmp/none/b/pg"), main.member("b").data());
        assertEquals("64MB", main.postgres().parameters().get("shared_buffers"));
        assertEquals(List.of(), config.warnings());
    }

    @Test
    @DisplayName("a node gets its own directories, members and routers")
    void ofNode() throws Exception {
        ClusterConfig config = Samples.sound(directory);
        NodeConfig b = NodeConfig.of(config, "b");
        assertEquals(Path.of("/tmp/none/b/state"), b.directories().state());
        assertEquals(
                List.of("a", "app", "c"),
                b.peers().stream().map(ClusterConfig.Node::name).toList());
        assertEquals(List.of(), b.routers());
        NodeConfig app = NodeConfig.of(config, "app");
        assertEquals(
                List.of("haproxy"),
                app.routers().stream().map(ClusterConfig.RouterConfig::name).toList());
        assertTrue(app.memberGroups().isEmpty());
    }

    @Test
    @DisplayName("the same values have the same settings id, other values another")
    void settingsId() throws Exception {
        String one = Samples.sound(directory).group("main").settings().id();
        Path file = Samples.write(directory, "# moved\n" + Samples.SOUND);
        assertEquals(one, ConfigFile.load(file).group("main").settings().id());
        Files.writeString(file, Samples.SOUND.replace("main {\n", "main {\n max-lag = 1 MiB\n"));
        assertTrue(!one.equals(ConfigFile.load(file).group("main").settings().id()));
    }

    @Test
    @DisplayName("an included file counts as part of the file, and is named where it is wrong")
    void included() throws Exception {
        Path part = Files.writeString(directory.resolve("part.conf"), "profile = fast\nprofil = wan\n");
        Path file = Samples.write(directory, Samples.SOUND.replace("profile = fast", "include \"part.conf\""));
        var problems = assertThrows(ConfigProblems.class, () -> ConfigFile.load(file));
        assertEquals(
                List.of(part + ":2: profil = wan: is an unknown key. Did you mean 'profile'."),
                problems.problems().stream().map(Problem::line).toList());
    }

    @Test
    @DisplayName("every effective value names its origin: default, profile, or file and line")
    void origins() throws Exception {
        Path file = Samples.write(directory, Samples.SOUND + "timings.renew-every = 150 ms\n");
        var effective = ConfigFile.load(file).effective();
        assertEquals("150 ms " + file + ":32", find(effective, "timings.renew-every"));
        assertEquals("1200 ms profile fast", find(effective, "timings.lease-for"));
        assertEquals("7401 default", find(effective, "nodes.a.ports.hands"));
        assertEquals("16 MiB max-lag of the group", find(effective, "groups.main.read.max-lag"));
    }

    @Test
    @DisplayName("every key of reference.conf is read, and every key that is read is in reference.conf")
    void referenceIsComplete() throws Exception {
        Path file = Samples.write(
                directory,
                Samples.SOUND + "groups.main.slots.cdc { type = logical, database = app, plugin = pgoutput }\n");
        Notes notes = new Notes(file);
        var config = com.typesafe.config.ConfigFactory.parseFile(file.toFile()).resolve();
        new ConfigReader(notes).read(file, Section.root(notes, config.root()));
        List<String> asked = notes.asked().stream()
                .map(key -> key.replaceAll("^(nodes|groups|routers)\\.[^.]+", "$1.*")
                        .replaceAll("\\.(members|commands|slots)\\.[^.]+", ".$1.*"))
                .distinct()
                .toList();
        for (String leaf : Reference.leaves()) {
            assertTrue(asked.contains(leaf), () -> leaf + " is in reference.conf, but nobody reads it");
        }
    }

    @Test
    @DisplayName("every key of reference.conf has a comment above it or above its block")
    void referenceIsDocumented() throws Exception {
        try (var in = ConfigFile.class.getResourceAsStream("reference.conf")) {
            var lines = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            String before = "";
            for (String line : lines) {
                boolean key = line.matches("\\s+[a-z-]+ = .*");
                boolean continued = before.matches("\\s+[a-z-]+ = .*");
                assertTrue(!key || continued || before.strip().startsWith("#"), () -> "no comment above: " + line);
                before = line;
            }
        }
    }

    private static String find(List<Effective> effective, String key) {
        return effective.stream()
                .filter(one -> one.key().equals(key))
                .map(one -> one.value() + " " + one.origin())
                .findFirst()
                .orElse("absent");
    }
}
