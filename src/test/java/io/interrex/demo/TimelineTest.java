package io.interrex.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The time of an incident is attributed to seven steps")
class TimelineTest {

    private static final long FAULT_MS = 1_000_000;
    private long version;

    private Happening event(long atMs, long epoch, String name, String fields) throws IOException {
        version++;
        return new Happening(version, FAULT_MS + atMs, epoch, name, "R1 X", "text", new JsonMapper().readTree(fields));
    }

    private static List<Long> times(Timeline timeline) {
        return timeline.steps().stream().map(Timeline.Step::atMs).toList();
    }

    @Test
    @DisplayName("a lost host: suspected, confirmed and fenced, elected, established, routed, told, rebuilt")
    void lostHost() throws IOException {
        List<Happening> events = List.of(
                event(810, 1, "PrimarySuspected", "{}"),
                event(1000, 2, "FailoverStarted", "{}"),
                event(1400, 2, "PrimaryFenced", "{}"),
                event(1450, 2, "PromotionAuthorized", "{}"),
                event(1700, 2, "PrimaryEstablished", "{\"member\":\"b\"}"),
                event(1720, 2, "GateMoved", "{\"member\":\"b\",\"open\":true}"),
                event(1750, 2, "RouteMoved", "{\"writer\":\"b\"}"),
                event(1900, 2, "PeopleNotified", "{}"),
                event(9000, 2, "MemberJoined", "{\"member\":\"c\"}"),
                event(9500, 2, "MemberJoined", "{\"member\":\"a\"}"));

        assertEquals(
                List.of(810L, 1400L, 1450L, 1700L, 1750L, 1900L, 9500L), times(Timeline.of(events, "a", FAULT_MS)));
    }

    @Test
    @DisplayName("a second attempt: the reign that was established counts, the first detection stays")
    void secondAttempt() throws IOException {
        List<Happening> events = List.of(
                event(800, 1, "PrimarySuspected", "{}"),
                event(900, 2, "FailoverStarted", "{}"),
                event(2000, 3, "FailoverStarted", "{}"),
                event(2100, 3, "PromotionAuthorized", "{}"),
                event(2300, 3, "PrimaryEstablished", "{\"member\":\"c\"}"));

        assertEquals(List.of(800L, 2000L, 2100L, 2300L, -1L, -1L, -1L), times(Timeline.of(events, "a", FAULT_MS)));
    }

    @Test
    @DisplayName("a restart in place: no election, the barrier takes the place of the promotion")
    void restart() throws IOException {
        List<Happening> events = List.of(
                event(20, 1, "GateMoved", "{\"member\":\"a\",\"open\":false}"),
                event(300, 1, "RestartBarrier", "{\"member\":\"a\"}"),
                event(330, 1, "GateMoved", "{\"member\":\"a\",\"open\":true}"));

        Timeline timeline = Timeline.of(events, "a", FAULT_MS);
        assertEquals(List.of(20L, -1L, -1L, 300L, 330L, -1L, -1L), times(timeline));
        assertTrue(timeline.steps().get(2).what().contains("not needed"));
    }

    @Test
    @DisplayName("nothing happened: no step has a time")
    void nothing() {
        assertTrue(times(Timeline.of(List.of(), "a", FAULT_MS)).stream().allMatch(at -> at == -1));
    }
}
