package io.interrex.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.interrex.Main;
import io.interrex.cluster.port.Gate;
import io.interrex.gate.GateShell;
import io.interrex.gate.KernelGate;
import io.interrex.lab.Lab;
import io.interrex.lab.LabException;
import io.interrex.lab.LabSpec;
import io.interrex.lab.NamespaceLab;
import io.interrex.lab.NetShell;
import io.interrex.lab.Remote;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

@DisplayName("interrex gate close, on a host that boots")
final class GateAtBootTest {

    private static final int PORT = 5432;
    private static final String DONE = "Done[value=NOTHING]";
    private static final String CONFIG = """
            nodes {
              a { host = %s }
              b { host = %s }
              w { host = %s }
            }
            groups.main.members { a { data = "/tmp/none/a" }, b { data = "/tmp/none/b" } }
            security.insecure = true
            """;

    private final Path directory;
    private final Lab lab;

    GateAtBootTest(@TempDir Path directory) {
        this.directory = directory;
        try {
            lab = NamespaceLab.create(LabSpec.of("member", "peer", "witness", "app"));
        } catch (LabException e) {
            Assumptions.abort("no namespaces here: " + e.getMessage());
            throw e;
        }
    }

    @AfterEach
    void end() {
        lab.close();
    }

    private record Result(int code, String text) {}

    private Result interrex(String... arguments) throws Exception {
        return run(interrex(List.of(), arguments));
    }

    /** @param prefix a program that runs another */
    private List<String> interrex(List<String> prefix, String... arguments) throws IOException {
        Path config = Files.writeString(
                directory.resolve("interrex.conf"),
                CONFIG.formatted(lab.address("member"), lab.address("peer"), lab.address("witness")));
        var argv = new ArrayList<>(prefix);
        argv.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        argv.addAll(List.of(arguments));
        argv.addAll(List.of("--config", config.toString()));
        return argv;
    }

    private Result run(List<String> argv) throws Exception {
        Process process =
                lab.privilegedProcess("member", argv).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        return new Result(process.exitValue(), said);
    }

    private Remote shell(String host) throws IOException {
        return new Remote(lab.process(host, Remote.java(directory, NetShell.class)));
    }

    private String connect(Remote from) throws IOException {
        return from.ask("connect " + lab.address("member") + " " + PORT);
    }

    @Test
    @DisplayName(
            "no client passes from then on, peers and voters do; the node adopts the rules as they are and opens the gate,"
                    + " which a second run leaves open")
    void closedUntilOpened() throws Exception {
        try (Remote server = shell("member");
                Remote peer = shell("peer");
                Remote witness = shell("witness");
                Remote app = shell("app")) {
            assertEquals("serving", server.ask("serve " + PORT));
            assertEquals("connected", connect(app));

            Result closed = interrex("gate", "close", "--name", "a");
            assertEquals(
                    "member a of group main: no client passes to port 5432 before a node opens the gate\n",
                    closed.text());
            assertEquals(0, closed.code());
            assertEquals("Connection refused", connect(app));
            assertEquals("connected", connect(peer));
            assertEquals("connected", connect(witness));

            List<String> node = Remote.java(
                    directory,
                    GateShell.class,
                    List.of(KernelGate.class, Gate.class, Logger.class),
                    "a",
                    String.valueOf(PORT),
                    "-",
                    lab.address("peer"),
                    lab.address("witness"));
            try (Remote gate = new Remote(lab.process("member", node))) {
                assertTrue(gate.answer().startsWith("Done"));
                assertEquals("Done[value=State[position=CLOSED, remaining=PT0S]]", gate.ask("install"));
                assertEquals("Connection refused", connect(app));
                assertEquals(DONE, gate.ask("stage 1 60000"));
                assertEquals(DONE, gate.ask("activate 1"));
                assertEquals("connected", connect(app));
                assertEquals(0, interrex("gate", "close", "--name", "a").code());
                assertEquals("connected", connect(app));
                String state = gate.ask("state");
                assertTrue(state.contains("position=OPEN"), state);
            }
        }
    }

    @Test
    @DisplayName("--print and --json change nothing without being asked to; a node without a member has no gate")
    void printed() throws Exception {
        assertTrue(
                interrex("gate", "close", "--name", "a", "--print").text().startsWith("add table inet interrex_a\n"));
        JsonNode printed = new ObjectMapper()
                .readTree(interrex("gate", "close", "--name", "a", "--print", "--json")
                        .text());
        assertEquals("main", printed.at("/gates/0/group").asText());
        assertEquals(5432, printed.at("/gates/0/port").asInt());
        assertTrue(printed.at("/loaded").isBoolean() && !printed.at("/loaded").asBoolean());
        assertEquals("", run(List.of("nft", "list", "tables")).text());
        assertEquals(
                "node w has no member: there is no gate\n",
                interrex("gate", "close", "--name", "w").text());
    }

    @Test
    @DisplayName("without the right to change the kernel's rules it fails, and says what is missing")
    void forbidden() throws Exception {
        Result refused = run(interrex(
                List.of("setpriv", "--inh-caps=-net_admin", "--bounding-set=-net_admin"),
                "gate",
                "close",
                "--name",
                "a"));
        assertEquals(1, refused.code(), refused.text());
        assertTrue(refused.text().contains("CAP_NET_ADMIN"), refused.text());
        assertEquals(2, interrex("gate", "close", "--name", "nobody").code());
    }
}
