package io.interrex.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.port.Order;
import io.interrex.cluster.port.view.GroupView;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("interrex maintenance")
@Timeout(60)
final class MaintenanceCommandTest {

    @Test
    @DisplayName("orders it with its length and reason, and ends it")
    void ordered() throws Exception {
        try (var node = new StubNode()) {
            var begin = CliTest.run("maintenance", "b", "--for", "2h", "--reason", "new disks", "--url", node.url());
            assertEquals(0, begin.code(), begin.err());
            var order = (Order.Maintenance) node.orders.getLast();
            assertEquals("b", order.member());
            assertEquals(Duration.ofHours(2), order.length());
            assertEquals("new disks", order.reason());
            assertTrue(order.actor().endsWith("(127.0.0.1)"), order.actor());
            assertEquals(
                    0,
                    CliTest.run("maintenance", "b", "--end", "--url", node.url())
                            .code());
            assertEquals("b", ((Order.MaintenanceEnd) node.orders.getLast()).member());
        }
    }

    @Test
    @DisplayName("orders nothing without a member, a length and a reason, nor both")
    void incomplete() throws Exception {
        try (var node = new StubNode()) {
            String[][] wrong = {
                {"maintenance", "b", "--for", "2h", "--url", node.url()},
                {"maintenance", "b", "--reason", "new disks", "--url", node.url()},
                {"maintenance", "b", "--url", node.url()},
                {"maintenance", "--for", "2h", "--reason", "new disks", "--url", node.url()},
                {"maintenance", "b", "--end", "--for", "2h", "--url", node.url()},
                {"maintenance", "b", "--for", "soon", "--reason", "new disks", "--url", node.url()}
            };
            for (String[] arguments : wrong) {
                assertEquals(2, CliTest.run(arguments).code(), String.join(" ", arguments));
            }
            assertTrue(node.orders.isEmpty());
        }
    }

    @Test
    @DisplayName("is shown by status and topology with the time that is left")
    void shown() throws Exception {
        try (var node = new StubNode()) {
            node.maintenance.put("b", new GroupView.Maintenance("eve", "new disks", 0, 7_260_000));
            String status = CliTest.run("status", "--url", node.url()).out();
            assertTrue(
                    status.contains(
                            "alone    b: in maintenance for 2 h 1 min more (until 1970-01-01T00:00:00Z), ordered by eve: new disks"),
                    status);
            String topology = CliTest.run("topology", "--url", node.url()).out();
            assertTrue(topology.contains("in maintenance for 2 h 1 min more"), topology);
        }
    }
}
