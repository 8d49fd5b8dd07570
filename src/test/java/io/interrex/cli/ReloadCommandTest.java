package io.interrex.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.port.Reload;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("interrex reload of two nodes")
@Timeout(60)
final class ReloadCommandTest {

    private static Reload.Answer.Done done(String node, String file) {
        return new Reload.Answer.Done(node, file, List.of(new Reload.Change("groups.main.k", "1", "2", "in force")));
    }

    private static CliTest.Result reload(StubNode first, StubNode second, String... more) {
        var arguments = new ArrayList<>(List.of("reload", "--url", first.url(), "--url", second.url()));
        arguments.addAll(List.of(more));
        return CliTest.run(arguments.toArray(String[]::new));
    }

    @Test
    @DisplayName("asks both before the first one does it, and tells what came of it")
    void both() throws Exception {
        try (var first = new StubNode();
                var second = new StubNode()) {
            first.reloaded = done("a", "f1");
            second.reloaded = done("b", "f1");
            CliTest.Result result = reload(first, second);
            assertEquals(0, result.code(), result.err());
            assertEquals("a: groups.main.k: 1 -> 2: in force\nb: groups.main.k: 1 -> 2: in force\n", result.out());
            for (StubNode node : List.of(first, second)) {
                assertEquals(
                        List.of(true, false),
                        node.reloads.stream().map(Reload::check).toList());
                assertTrue(node.reloads.getFirst().actor().endsWith("(127.0.0.1)"));
            }
            assertTrue(reload(first, second, "--json", "--check", "--overwrite")
                    .out()
                    .startsWith(
                            "{\"node\":\"a\",\"file\":\"f1\",\"changes\":[{\"key\":\"groups.main.k\",\"from\":\"1\""));
            assertTrue(first.reloads.getLast().overwrite());
            assertEquals(3, second.reloads.size());
        }
    }

    @Test
    @DisplayName(
            "that add a third, which does not run yet, are not kept from it; a node that was there before has to answer")
    void added(@TempDir Path directory) throws Exception {
        try (var first = new StubNode();
                var second = new StubNode()) {
            Path file = Files.writeString(directory.resolve("x.conf"), """
                    cluster.name = added
                    nodes { a { host = 127.0.0.1, ports.http = %d }, b { host = 127.0.0.1, ports { hands = 1, log = 2, brain = 3, http = %d } }
                      d { host = 127.0.0.9, ports.http = 1 } }
                    groups.main { synchronous = false, members.a.data = /tmp/none/pg }
                    directories { state = "/tmp/none/{node}" }
                    """.formatted(port(first), port(second)));
            var adding = new Reload.Change("nodes.d.host", null, "127.0.0.9", "in force");
            first.reloaded = new Reload.Answer.Done("a", "f1", List.of(adding));
            second.reloaded = new Reload.Answer.Done("b", "f1", List.of(adding));
            CliTest.Result result = CliTest.run("reload", "--config", file.toString());
            assertEquals(0, result.code(), result.err());
            assertTrue(result.out().contains("d: is added, and does not run yet"), result.out());
            assertEquals(2, second.reloads.size());
            for (String line : CliTest.run("reload", "--json", "--config", file.toString())
                    .out()
                    .lines()
                    .toList()) {
                assertTrue(new ObjectMapper().readTree(line).isObject(), line);
                assertEquals(line.contains("\"d\""), line.contains("\"added\":true"), line);
            }
            assertEquals(4, second.reloads.size());
            first.reloaded = done("a", "f1");
            second.reloaded = done("b", "f1");
            CliTest.Result away = CliTest.run("reload", "--config", file.toString());
            assertEquals(3, away.code(), away.err());
            assertEquals(5, second.reloads.size());
        }
    }

    private static int port(StubNode node) {
        return URI.create(node.url()).getPort();
    }

    @Test
    @DisplayName("of which one refuses, or has another file, or is away, changes nothing")
    void oneRefuses() throws Exception {
        try (var first = new StubNode();
                var second = new StubNode()) {
            first.reloaded = done("a", "f1");
            second.reloaded =
                    new Reload.Answer.Refused("b", RuleId.RELOAD_REFUSED, List.of("x.conf:1: gate.kernel: no"));
            CliTest.Result refused = reload(first, second);
            assertEquals(1, refused.code());
            assertTrue(
                    refused.err().contains("refused by R1110 RELOAD_REFUSED: x.conf:1: gate.kernel: no"),
                    refused.err());
            assertTrue(refused.err().contains("Nothing was changed on any node."), refused.err());

            second.reloaded = done("b", "f2");
            CliTest.Result differ = reload(first, second);
            assertEquals(1, differ.code());
            assertTrue(differ.err().contains("the nodes' files differ"), differ.err());

            second.reloaded = new Reload.Answer.Unknown("b", "the log did not answer");
            assertEquals(4, reload(first, second).code());
            CliTest.Result away = CliTest.run("reload", "--url", first.url(), "--url", "http://127.0.0.1:1");
            assertEquals(3, away.code(), away.err());
            assertFalse(first.reloads.stream().anyMatch(reload -> !reload.check()));
        }
    }
}
