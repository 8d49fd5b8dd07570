package io.interrex.demo.versus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What is written for pg_auto_failover")
class AutoFailoverTextsTest {

    @Test
    @DisplayName("makes a node known to the monitor by its own address")
    void node() {
        List<String> argv =
                AutoFailoverTexts.createNode("pg_autoctl", "b", Path.of("/home/b/data"), "10.77.0.2", "10.77.0.4");
        assertEquals(List.of("pg_autoctl", "create", "postgres", "--pgdata=/home/b/data"), argv.subList(0, 4));
        assertTrue(argv.contains("--hostname=10.77.0.2"), argv.toString());
        assertTrue(argv.contains("--name=b"), argv.toString());
        assertTrue(argv.contains("--monitor=postgres://autoctl_node@10.77.0.4:5432/pg_auto_failover"), argv.toString());
    }

    @Test
    @DisplayName("has a wire per member that never tries another")
    void wires() {
        var members = new LinkedHashMap<String, String>();
        members.put("a", "10.77.0.1");
        members.put("b", "10.77.0.2");
        String text = AutoFailoverTexts.wires(members);
        assertTrue(text.endsWith("""
                        listen a
                            bind *:5001
                            server a 10.77.0.1:5432
                        listen b
                            bind *:5002
                            server b 10.77.0.2:5432
                        """), text);
        assertTrue(text.contains("retries 0\n"), text);
    }
}
