package io.interrex.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.port.Gate;
import io.interrex.lab.Lab;
import io.interrex.lab.LabException;
import io.interrex.lab.LabSpec;
import io.interrex.lab.NamespaceLab;
import io.interrex.lab.NetShell;
import io.interrex.lab.Remote;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/** Real connections between hosts of the laboratory, one of which has a member with an address of its own for replication. */
final class ReplicationGateTest {

    private static final int PORT = 5432;
    private static final String CLOSED = "Done[value=State[position=CLOSED, remaining=PT0S]]";
    private static final String DONE = "Done[value=NOTHING]";
    private static final String REFUSED = "Connection refused";
    private static final String CONNECTED = "connected";

    private static Lab lab() {
        try {
            return NamespaceLab.create(LabSpec.of("member", "peer", "app"));
        } catch (LabException e) {
            Assumptions.abort("no namespaces here: " + e.getMessage());
            throw e;
        }
    }

    @Test
    @DisplayName(
            "peers pass to the address for replication, open or closed, and to no other but as clients do; clients never pass there")
    void paths(@TempDir Path directory) throws Exception {
        try (Lab lab = lab()) {
            String clients = lab.address("member");
            String replication = clients.replaceFirst("[0-9]+$", "201");
            assertEquals(
                    0,
                    lab.process("member", List.of("ip", "addr", "add", replication + "/24", "dev", "eth0"))
                            .start()
                            .waitFor());
            List<String> shell = Remote.java(directory, NetShell.class);
            List<String> command = Remote.java(
                    directory,
                    GateShell.class,
                    List.of(KernelGate.class, Gate.class, Logger.class),
                    "a",
                    String.valueOf(PORT),
                    replication,
                    lab.address("peer"));
            try (var server = new Remote(lab.process("member", shell));
                    var peer = new Remote(lab.process("peer", shell));
                    var app = new Remote(lab.process("app", shell));
                    var gate = new Remote(lab.process("member", command))) {
                assertEquals("serving", server.ask("serve " + PORT));
                assertTrue(gate.answer().startsWith("Done"));
                assertEquals(CLOSED, gate.ask("install"));
                assertEquals(CONNECTED, connect(peer, replication));
                assertEquals(REFUSED, connect(peer, clients), "a router on a peer's host is a client");
                assertEquals(REFUSED, connect(app, replication));
                assertEquals(REFUSED, connect(app, clients));

                assertEquals(DONE, gate.ask("stage 1 20000"));
                assertEquals(DONE, gate.ask("activate 1"));
                assertEquals(CONNECTED, connect(app, clients));
                assertEquals(CONNECTED, connect(peer, clients));
                assertEquals(REFUSED, connect(app, replication), "an open gate is not that of replication");
                assertEquals(CONNECTED, connect(peer, replication));

                assertEquals(DONE, gate.ask("close"));
                assertEquals(REFUSED, connect(app, clients));
                assertEquals(CONNECTED, connect(peer, replication));
                assertEquals(CLOSED, gate.ask("state"));
            }
        }
    }

    private static String connect(Remote from, String address) throws IOException {
        return from.ask("connect " + address + " " + PORT);
    }
}
