package io.interrex.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.port.Order;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrderRequestTest {

    private static Order read(String word, String body) throws OrderRequest.Wrong {
        var json = new Json(HttpLimits.defaults());
        return OrderRequest.read(word, "main", body, "127.0.0.1", () -> new UUID(1, 2), json);
    }

    @ParameterizedTest(name = "a pause for {0} => {1} s")
    @CsvSource({"30m, 1800", "2 h, 7200", "1s, 1", "30d, 2592000"})
    void pauseFor(String given, long seconds) throws Exception {
        var pause =
                assertInstanceOf(Order.Pause.class, read("pause", "{\"reason\":\"disks\",\"for\":\"" + given + "\"}"));
        assertEquals(Duration.ofSeconds(seconds), pause.length());
    }

    @ParameterizedTest(name = "a pause for {0} is refused")
    @ValueSource(strings = {"30", "-1h", "0 s", "999ms", "31d", "soon", ""})
    void pauseForNoTime(String given) {
        var wrong = assertThrows(
                OrderRequest.Wrong.class, () -> read("pause", "{\"reason\":\"disks\",\"for\":\"" + given + "\"}"));
        assertTrue(String.valueOf(wrong.getMessage()).contains("no time for a pause"), wrong.getMessage());
    }

    @Test
    @DisplayName("a reinit names the member and confirms it")
    void reinit() throws Exception {
        assertEquals(
                "b",
                assertInstanceOf(Order.Reinit.class, read("reinit", "{\"target\":\"b\",\"confirm\":\"b\"}"))
                        .member());
        assertThrows(OrderRequest.Wrong.class, () -> read("reinit", "{\"target\":\"b\",\"confirm\":\"c\"}"));
    }

    @Test
    @DisplayName(
            "a restart names one member, or says that it means all; the primary hands over unless it says in place")
    void restart() throws Exception {
        assertEquals(
                new Order.Restart("main", new UUID(1, 2), "somebody (127.0.0.1)", "b", false, false),
                read("restart", "{\"target\":\"b\"}"));
        assertEquals(
                new Order.Restart("main", new UUID(1, 2), "somebody (127.0.0.1)", null, true, true),
                read("restart", "{\"all\":true,\"pending\":true,\"inPlace\":true}"));
        for (String wrong : new String[] {
            "{}", "{\"target\":\"b\",\"all\":true}", "{\"all\":\"yes\"}", "{\"all\":true,\"pending\":1}"
        }) {
            assertThrows(OrderRequest.Wrong.class, () -> read("restart", wrong), wrong);
        }
    }

    @ParameterizedTest(name = "{0} is refused before the order is given: the log could not keep it")
    @ValueSource(
            strings = {
                "{\"reason\":\"\\ud800\"}",
                "{\"reason\":\"disk\",\"actor\":\"\\udc00\\ud800\"}",
                "{\"reason\":\"a\\nb\"}"
            })
    @DisplayName("halves of characters and control characters")
    void noText(String body) {
        var json = new Json(HttpLimits.defaults());
        assertThrows(
                OrderRequest.Wrong.class,
                () -> OrderRequest.read("pause", "main", body, "127.0.0.1", () -> new UUID(1, 2), json));
    }
}
