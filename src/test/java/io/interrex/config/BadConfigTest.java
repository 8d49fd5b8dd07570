package io.interrex.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each wrong file is refused with file, line, key, value, reason and remedy. */
final class BadConfigTest {

    @TempDir
    Path directory = Path.of("");

    /** title | what is replaced in the sound file | by what | the start of the problem's line | a part of it */
    static Stream<Arguments> cases() {
        return Stream.of(
                bad(
                        "an unknown key",
                        "zone = z1",
                        "zoned = z1",
                        "interrex.conf:4: nodes.a.zoned = z1:",
                        "Did you mean 'zone'"),
                bad(
                        "an unknown block",
                        "profile = fast",
                        "profil = fast",
                        "interrex.conf:2: profil = fast:",
                        "Did you mean 'profile'"),
                bad(
                        "an unknown key below a block",
                        "zone = z1",
                        "ports { hand = 1 }",
                        "interrex.conf:4: nodes.a.ports.hand = 1:",
                        "'hands'"),
                bad(
                        "a duration without a unit",
                        "profile = fast",
                        "timings.renew-every = 200",
                        "interrex.conf:2: timings.renew-every = 200:",
                        "a unit, such as 200 ms"),
                bad(
                        "a duration of zero",
                        "profile = fast",
                        "timings.renew-every = 0 ms",
                        "interrex.conf:2: timings.renew-every = 0 ms:",
                        "above zero"),
                bad(
                        "a size without a unit",
                        "main {\n",
                        "main {\n max-lag = 16777216\n",
                        "interrex.conf:11: groups.main.max-lag = 16777216:",
                        "a unit, such as 16 MiB"),
                bad(
                        "a text for a number",
                        "zone = z1",
                        "ports.http = many",
                        "interrex.conf:4: nodes.a.ports.http = many:",
                        "from 1 to 65535"),
                bad(
                        "a port out of range",
                        "zone = z1",
                        "ports.http = 70000",
                        "interrex.conf:4: nodes.a.ports.http = 70000:",
                        "from 1 to 65535"),
                bad(
                        "a text for a flag",
                        "zone = z1",
                        "voter = maybe",
                        "interrex.conf:4: nodes.a.voter = maybe:",
                        "true or false"),
                bad(
                        "an unknown profile",
                        "profile = fast",
                        "profile = fastest",
                        "interrex.conf:2: profile = fastest:",
                        "one of fast, default, wan"),
                bad(
                        "an even number of voters",
                        "c { host = 127.0.0.13, zone = z3 }",
                        "c { host = 127.0.0.13, voter = false }",
                        "interrex.conf:3: nodes: the number of voters is even: 2 (a, b)",
                        "add a witness"),
                bad(
                        "T ≥ H",
                        "profile = fast",
                        "profile = fast, timings.lease-for = 1400 ms",
                        "interrex.conf",
                        "T(1+ρ) + g ≤ H(1−ρ) does not hold"),
                bad(
                        "an impatient suspicion",
                        "profile = fast",
                        "profile = fast, timings.suspect-after = 300 ms",
                        "interrex.conf",
                        "suspect ≥ P + r"),
                bad(
                        "k > standbys",
                        "main {\n",
                        "main {\n k = 3\n",
                        "interrex.conf:11: groups.main.k = 3:",
                        "Lower it to at most 2"),
                bad(
                        "a duplicate name",
                        "  c { host = 127.0.0.13, zone = z3 }",
                        "  a { host = 127.0.0.13, zone = z3 }",
                        "interrex.conf:6: nodes.a: is written twice, first in line 4",
                        "another name"),
                bad(
                        "a key written twice",
                        "profile = fast",
                        "profile = fast\nprofile = wan",
                        "interrex.conf:3: profile: is written twice, first in line 2",
                        "the later would silently win"),
                bad(
                        "a duplicate port",
                        "127.0.0.12, zone = z2",
                        "127.0.0.12, ports.log = 7401",
                        "interrex.conf:5: nodes.b.ports.log = 7401: the address 127.0.0.12:7401 is already used by nodes.b.ports.hands",
                        "Choose another"),
                bad(
                        "a duplicate address",
                        "127.0.0.12",
                        "127.0.0.11",
                        "interrex.conf (default): nodes.b.ports.hands = 7401: the address 127.0.0.11:7401 is already used by nodes.a.ports.hands",
                        "Choose another"),
                bad(
                        "a member's port that a listener has",
                        "priority = 5",
                        "port = 7402",
                        "interrex.conf:14: groups.main.members.c.port = 7402:",
                        "already used by nodes.c.ports.log"),
                bad(
                        "a member without a node",
                        "priority = 5 }",
                        "priority = 5 }\n d { data = /tmp/d }",
                        "interrex.conf:15: groups.main.members.d: there is no node 'd'",
                        "A member has the name"),
                bad(
                        "a member on an edge node",
                        "priority = 5 }",
                        "priority = 5 }\n app { data = /tmp/d }",
                        "interrex.conf:15: groups.main.members.app: an edge node has no member",
                        "Remove"),
                bad(
                        "a member without data directory",
                        "c { data = \"/tmp/none/{node}/pg\", priority = 5 }",
                        "c { priority = 5 }",
                        "interrex.conf:14: groups.main.members.c.data: is required",
                        "Set it"),
                bad(
                        "a relative data directory",
                        "c { data = \"/tmp/none/{node}/pg\", priority = 5 }",
                        "c { data = pg }",
                        "interrex.conf:14: groups.main.members.c.data = pg:",
                        "absolute"),
                bad(
                        "a node without host",
                        "host = 127.0.0.13, zone = z3",
                        "zone = z3",
                        "interrex.conf:6: nodes.c.host: is required",
                        "Set it"),
                bad(
                        "a wildcard host",
                        "127.0.0.13",
                        "0.0.0.0",
                        "interrex.conf:6: nodes.c.host = 0.0.0.0: is a wildcard",
                        "own address"),
                bad(
                        "a plain listener off loopback",
                        "127.0.0.13",
                        "10.0.0.13",
                        "interrex.conf:6: nodes.c.host = 10.0.0.13:",
                        "security.insecure = true"),
                bad(
                        "a name that is none",
                        "  c { host",
                        "  C1 { host",
                        "interrex.conf:6: nodes.C1: 'C1' cannot be a name",
                        "small letter"),
                bad(
                        "a voter on an edge node",
                        "edge = true",
                        "edge = true, voter = true",
                        "interrex.conf:7: nodes.app.voter = true:",
                        "edge node"),
                bad(
                        "a router of no group",
                        "group = main, nodes",
                        "group = mian, nodes",
                        "interrex.conf:22: routers.haproxy.group = mian:",
                        "Did you mean 'main'"),
                bad(
                        "a router on no node",
                        "nodes = [app]",
                        "nodes = [apps]",
                        "interrex.conf:22: routers.haproxy.nodes = [apps]:",
                        "Did you mean 'app'"),
                bad(
                        "a parameter that Interrex sets",
                        "shared_buffers = 64MB",
                        "synchronous_standby_names = b",
                        "interrex.conf:17: groups.main.postgres.parameters.synchronous_standby_names = b:",
                        "sets this parameter itself"),
                bad(
                        "strict and degrade",
                        "main {\n",
                        "main {\n strict = true, on-last-standby-loss = degrade\n",
                        "interrex.conf:11: groups.main.on-last-standby-loss = degrade:",
                        "Write wait"),
                bad(
                        "a command as one text",
                        "run = [/usr/bin/logger, -t, interrex]",
                        "run = logger",
                        "interrex.conf:26: notify.commands.pager.run = logger:",
                        "a list of texts"),
                bad("a broken file", "notify {", "notify [", "interrex.conf", "not HOCON"),
                bad(
                        "a variable without value",
                        "profile = fast",
                        "profile = ${INTERREX_NO_SUCH}",
                        "interrex.conf:2:",
                        "has no value"));
    }

    private static Arguments bad(String title, String what, String by, String start, String part) {
        return Arguments.of(title, what, by, start, part);
    }

    @ParameterizedTest(name = "{0} is refused")
    @MethodSource("cases")
    void refused(String title, String what, String by, String start, String part) throws Exception {
        assertTrue(Samples.SOUND.contains(what), what);
        List<String> lines = Samples.problems(directory, Samples.SOUND.replace(what, by));
        assertTrue(
                lines.stream().anyMatch(line -> line.startsWith(start) && line.contains(part)),
                () -> title + "\n" + String.join("\n", lines));
    }

    @Test
    @DisplayName("all problems are told at once")
    void together() throws Exception {
        String text = Samples.SOUND
                .replace("profile = fast", "profile = quick")
                .replace("zone = z1", "zon = z1")
                .replace("priority = 5", "priority = high");
        assertEquals(3, Samples.problems(directory, text).size());
    }

    @Test
    @DisplayName("a value may be overridden by a variable of the environment")
    void override() throws Exception {
        String text = Samples.SOUND.replace("profile = fast", "profile = fast\nprofile = ${?INTERREX_NO_SUCH}");
        assertEquals(List.of(), Samples.problems(directory, text));
    }

    @Test
    @DisplayName("a missing file is named")
    void missingFile() {
        Path file = directory.resolve("none.conf");
        var problems = org.junit.jupiter.api.Assertions.assertThrows(ConfigProblems.class, () -> ConfigFile.load(file));
        assertTrue(problems.report().contains(file + ": the file does not exist"), problems.report());
    }

    @Test
    @DisplayName("an unknown node name suggests the nearest")
    void unknownNode() throws Exception {
        ClusterConfig config = Samples.sound(directory);
        var problems =
                org.junit.jupiter.api.Assertions.assertThrows(ConfigProblems.class, () -> NodeConfig.of(config, "apq"));
        assertTrue(problems.report().contains("Did you mean --name app"), problems.report());
        assertFalse(problems.problems().isEmpty());
    }
}
