package io.interrex.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.port.Order;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
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
    @DisplayName("a maintenance has a member, an end and a reason, and is ended by the member's name")
    void maintenance() throws Exception {
        var begin = new Order.Maintenance(
                "main", new UUID(1, 2), "somebody (127.0.0.1)", "disks", "c", Duration.ofHours(2));
        assertEquals(begin, read("maintenance", "{\"target\":\"c\",\"for\":\"2h\",\"reason\":\"disks\"}"));
        assertEquals(
                new Order.MaintenanceEnd("main", new UUID(1, 2), "somebody (127.0.0.1)", "c"),
                read("maintenance", "{\"target\":\"c\",\"end\":true}"));
        for (String wrong : List.of(
                "{\"for\":\"2h\",\"reason\":\"disks\"}",
                "{\"target\":\"c\",\"reason\":\"disks\"}",
                "{\"target\":\"c\",\"for\":\"2h\"}",
                "{\"target\":\"c\",\"for\":\"31d\",\"reason\":\"disks\"}",
                "{\"target\":\"c\",\"end\":true,\"for\":\"2h\"}",
                "{\"target\":\"c\",\"end\":true,\"reason\":\"disks\"}",
                "{\"target\":\"c\",\"end\":\"yes\"}")) {
            assertThrows(OrderRequest.Wrong.class, () -> read("maintenance", wrong), wrong);
        }
    }

    @ParameterizedTest(name = "a switchover at {0} within {1} => at {2} within {3} s")
    @CsvSource(
            value = {
                "2026-11-30T03:00:00Z,      10m, 2026-11-30T03:00:00Z, 600",
                "2026-11-30T03:00:00+01:00, -,   2026-11-30T02:00:00Z, 300",
                "2026-11-30T03:00Z,         1d,  2026-11-30T03:00:00Z, 86400"
            },
            nullValues = "-")
    void scheduled(String at, @Nullable String within, Instant atTime, long withinS) throws Exception {
        String body = "{\"target\":\"b\",\"at\":\"" + at + "\""
                + (within == null ? "" : ",\"within\":\"" + within + "\"") + "}";
        assertEquals(
                new Order.ScheduledSwitchover(
                        "main",
                        new UUID(1, 2),
                        "somebody (127.0.0.1)",
                        "b",
                        atTime,
                        Duration.ofSeconds(withinS),
                        false),
                read("switchover", body));
    }

    @ParameterizedTest(name = "a switchover {0} is refused")
    @ValueSource(
            strings = {
                "{\"at\":\"2026-11-30T03:00:00\"}",
                "{\"at\":\"tomorrow\"}",
                "{\"at\":\"+999999999-12-31T00:00:00Z\"}",
                "{\"at\":\"-999999999-12-31T00:00:00Z\"}",
                "{\"at\":\"2026-11-30T03:00:00Z\",\"within\":\"9s\"}",
                "{\"at\":\"2026-11-30T03:00:00Z\",\"within\":\"25h\"}",
                "{\"at\":\"2026-11-30T03:00:00Z\",\"within\":\"10\"}",
                "{\"within\":\"10m\"}",
                "{\"cancel\":true,\"target\":\"b\"}",
                "{\"cancel\":true,\"at\":\"2026-11-30T03:00:00Z\"}",
                "{\"cancel\":\"yes\"}"
            })
    void notScheduled(String body) {
        assertThrows(OrderRequest.Wrong.class, () -> read("switchover", body));
    }

    @Test
    @DisplayName("what is scheduled is cancelled without saying what it is; without a time a switchover is for now")
    void cancelled() throws Exception {
        assertEquals(
                new Order.CancelSwitchover("main", new UUID(1, 2), "somebody (127.0.0.1)"),
                read("switchover", "{\"cancel\":true}"));
        assertEquals(
                new Order.Switchover("main", new UUID(1, 2), "somebody (127.0.0.1)", null, false),
                read("switchover", "{}"));
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
                new Order.Restart("main", new UUID(1, 2), "somebody (127.0.0.1)", "b", false, false, false),
                read("restart", "{\"target\":\"b\"}"));
        assertEquals(
                new Order.Restart("main", new UUID(1, 2), "somebody (127.0.0.1)", null, true, true, false),
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

    @Test
    @DisplayName("a readmission names its voter twice, and a reason")
    void readmission() throws Exception {
        assertEquals(
                new Order.Readmission("main", new UUID(1, 2), "somebody (127.0.0.1)", "new disk", "c"),
                read("readmit", "{\"target\":\"c\",\"confirm\":\"c\",\"reason\":\"new disk\"}"));
        for (String wrong : java.util.List.of(
                "{\"confirm\":\"c\",\"reason\":\"x\"}",
                "{\"target\":\"c\",\"reason\":\"x\"}",
                "{\"target\":\"c\",\"confirm\":\"b\",\"reason\":\"x\"}",
                "{\"target\":\"c\",\"confirm\":\"c\",\"reason\":\" \"}")) {
            assertThrows(OrderRequest.Wrong.class, () -> read("readmit", wrong), wrong);
        }
    }
}
