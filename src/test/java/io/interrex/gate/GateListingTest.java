package io.interrex.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.port.Gate;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class GateListingTest {

    private static final String CHAINS = "\n\tchain input {\n\t\ttcp dport 5432 jump arriving\n\t}\n}\n";

    private static String table(String... sets) {
        return "table inet interrex_a {\n" + String.join("\n", sets) + CHAINS;
    }

    private static String set(String name, String elements) {
        return "\tset " + name + " {\n\t\ttype inet_service\n" + elements + "\t}\n";
    }

    private static final String CHOSEN = "\t\telements = { 5432 }\n";
    private static final String TIMER = "\t\telements = { 5432 timeout 1s200ms expires 1s84ms }\n";

    @Test
    @DisplayName("a timer in a slot that is not chosen opens nothing")
    void staged() {
        GateListing listing = GateListing.parse(table(set("timer_a", TIMER), set("chosen_a", "")));
        assertEquals(Map.of(Slot.A, Duration.ofMillis(1084)), listing.timers());
        assertEquals(new Gate.State(Gate.Position.CLOSED, Duration.ZERO), listing.state());
    }

    @Test
    @DisplayName("a chosen slot whose timer ran out opens nothing")
    void expired() {
        GateListing listing =
                GateListing.parse(table(set("timer_a", ""), set("chosen_a", CHOSEN), set("timer_b", TIMER)));
        assertEquals(Set.of(Slot.A), listing.chosen());
        assertEquals(Gate.Position.CLOSED, listing.state().position());
    }

    @Test
    @DisplayName("a chosen slot with a running timer is open for what is left")
    void open() {
        GateListing listing = GateListing.parse(table(set("timer_b", TIMER), set("chosen_b", CHOSEN)));
        assertEquals(new Gate.State(Gate.Position.OPEN, Duration.ofMillis(1084)), listing.state());
    }

    @Test
    @DisplayName("readers pass while their set holds the port")
    void read() {
        GateListing listing = GateListing.parse(table(set("readers", TIMER)));
        assertEquals(new Gate.State(Gate.Position.READ, Duration.ofMillis(1084)), listing.state());
    }

    @Test
    @DisplayName("rules that were edited differ, timers that run do not")
    void rules() {
        GateListing before = GateListing.parse(table(set("timer_b", TIMER)));
        assertEquals(
                before.rules(), GateListing.parse(table(set("timer_b", ""))).rules());
        assertNotEquals(
                before.rules(),
                GateListing.parse(table().replace("5432 jump", "5433 jump")).rules());
        assertTrue(before.rules().contains("jump arriving"));
    }

    @Test
    @DisplayName("times are read in all of nft's units")
    void durations() {
        assertEquals(
                Duration.ofDays(1).plusHours(2).plusMinutes(3).plusSeconds(4).plusMillis(5),
                GateListing.duration("1d2h3m4s5ms"));
    }

    @Test
    @DisplayName("a time that no kernel has is a very long one, and no error in the middle of closing a gate")
    void hugeTimes() {
        for (String huge : List.of("99999999999999999999s", "9223372036854775807d")) {
            assertTrue(GateListing.duration(huge).toDays() > 10_000, huge);
        }
    }

    @Test
    @Timeout(10)
    @DisplayName("sets that nothing ends are passed over, in time")
    void endless() {
        assertEquals(
                new Gate.State(Gate.Position.CLOSED, Duration.ZERO),
                GateListing.parse("set a {".repeat(100_000)).state());
    }

    @Test
    @DisplayName("a member name that nftables cannot hold is refused")
    void names() {
        assertEquals("interrex_a-1", new GateTable("a-1", 5432).name());
        assertThrows(IllegalArgumentException.class, () -> new GateTable("a; flush ruleset", 5432));
        assertThrows(IllegalArgumentException.class, () -> new GateTable("a", 70000));
    }

    @Test
    @DisplayName("peers of both families get into the set of their family, without a zone")
    void peers() throws UnknownHostException {
        String text = new GateTable("a", 5432)
                .peers(List.of(InetAddress.getByName("10.0.0.2"), InetAddress.getByName("fe80::1%1")));
        assertTrue(text.contains("peers4 { 10.0.0.2 }"), text);
        assertTrue(text.contains("peers6 { fe80:0:0:0:0:0:0:1 }"), text);
    }
}
