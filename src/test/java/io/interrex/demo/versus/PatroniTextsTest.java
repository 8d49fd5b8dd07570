package io.interrex.demo.versus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.demo.versus.PatroniTexts.Speed;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("What is written for Patroni")
class PatroniTextsTest {

    private static LinkedHashMap<String, String> hosts() {
        var hosts = new LinkedHashMap<String, String>();
        hosts.put("a", "10.77.0.1");
        hosts.put("b", "10.77.0.2");
        return hosts;
    }

    @ParameterizedTest(name = "{0} => ttl {1}, loop_wait {2}, retry_timeout {3}")
    @CsvSource({"DEFAULT, 30, 10, 10", "FAST, 20, 1, 3"})
    @DisplayName("is synchronous, and has the times that were asked for")
    void times(Speed speed, int ttl, int loopWait, int retryTimeout) {
        String text =
                PatroniTexts.patroni("a", "10.77.0.1", hosts().values(), Path.of("/home/a"), Path.of("/pg/bin"), speed);
        assertTrue(text.contains("""
                        etcd3:
                          hosts:
                            - 10.77.0.1:2379
                            - 10.77.0.2:2379
                        bootstrap:
                          dcs:
                            ttl: %d
                            loop_wait: %d
                            retry_timeout: %d
                            synchronous_mode: true
                        """.formatted(ttl, loopWait, retryTimeout)), text);
        assertTrue(text.contains("\npostgresql:\n  listen: 10.77.0.1:5432\n"), text);
        assertTrue(text.contains("\n  data_dir: /home/a/data\n  bin_dir: /pg/bin\n"), text);
    }

    @Test
    @DisplayName("names every etcd")
    void etcd() {
        assertEquals("a=http://10.77.0.1:2380,b=http://10.77.0.2:2380", PatroniTexts.etcdCluster(hosts()));
    }

    @Test
    @DisplayName("asks each member's REST port whether it is the primary")
    void haproxy() {
        String text = PatroniTexts.haproxy(hosts(), Speed.DEFAULT);
        List<String> servers =
                text.lines().filter(line -> line.startsWith("    server ")).toList();
        assertEquals(
                List.of(
                        "    server a 10.77.0.1:5432 maxconn 100 check port 8008",
                        "    server b 10.77.0.2:5432 maxconn 100 check port 8008"),
                servers);
        assertTrue(text.contains("    option httpchk OPTIONS /primary\n"), text);
        assertTrue(text.contains("    default-server inter 3s fall 3 rise 2 on-marked-down shutdown-sessions\n"), text);
    }
}
