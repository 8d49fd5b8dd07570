package io.interrex.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.view.GroupView;
import io.interrex.cluster.port.view.GroupView.Role;
import io.interrex.cluster.port.view.NodeView;
import io.interrex.http.Worlds.Facts;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HealthTest {

    @ParameterizedTest(name = "/primary: a is {0}, gate {1}, lease {2} ms => {3}")
    @CsvSource({
        "PRIMARY, OPEN,   900, true",
        "PRIMARY, CLOSED, 900, false",
        "PRIMARY, READ,   900, false",
        "PRIMARY, OPEN,     0, false",
        "STANDBY, OPEN,   900, false",
        "HUNG,    OPEN,   900, false",
        "STOPPED, OPEN,   900, false",
        "UNKNOWN, OPEN,   900, false"
    })
    void primary(Role role, Gate.Position gate, long leaseLeftMs, boolean fit) {
        var group = Worlds.group(facts -> new Facts(role, gate, leaseLeftMs, 7, false, 0), UnaryOperator.identity());
        assertEquals(fit, Health.primary(Optional.of(group), "a").fit());
    }

    @Test
    @DisplayName("/primary: no on the node of a standby, on a node without member, and before the log was read")
    void primaryElsewhere() {
        var group = Optional.of(Worlds.group());
        assertEquals("b is not the primary; it is a", Health.primary(group, "b").why());
        assertEquals(
                "app has no member of the group main",
                Health.primary(group, "app").why());
        assertEquals(
                "a does not know the group yet",
                Health.primary(Optional.empty(), "a").why());
    }

    @ParameterizedTest(name = "/replica?lag=1000: b is {0}, gate {1}, receives {2}, epoch {3} of 7, lag {4} => {5}")
    @CsvSource({
        "STANDBY, READ,   true,  7,  500, true",
        "STANDBY, READ,   true,  7, 1000, true",
        "STANDBY, READ,   true,  7, 1001, false",
        "STANDBY, READ,   true,  7,   -1, false",
        "STANDBY, READ,   true,  6,  500, false",
        "STANDBY, READ,   false, 7,  500, false",
        "STANDBY, CLOSED, true,  7,  500, false",
        "PRIMARY, OPEN,   false, 7,    0, false",
        "HUNG,    READ,   true,  7,  500, false"
    })
    void replica(Role role, Gate.Position gate, boolean receiving, long epoch, long lag, boolean fit) {
        var group = Worlds.group(UnaryOperator.identity(), facts -> new Facts(role, gate, 0, epoch, receiving, lag));
        assertEquals(fit, Health.replica(Optional.of(group), "b", 1000).fit());
    }

    @Test
    @DisplayName("/replica: no where the member is tagged noloadbalance, however well it streams, with the reason")
    void replicaTagged() {
        var group = Worlds.group(
                UnaryOperator.identity(),
                facts -> new Facts(Role.STANDBY, Gate.Position.READ, 0, 7, true, 0, true, null));
        var verdict = Health.replica(Optional.of(group), "b", 1000);
        assertFalse(verdict.fit());
        assertEquals("b is tagged noloadbalance: it takes no reads of many", verdict.why());
        assertTrue(Health.health(Optional.of(group), "b").fit());
    }

    @Test
    @DisplayName("/replica: no where the member is in maintenance, with the reason that was given")
    void replicaInMaintenance() {
        var alone = new GroupView.Maintenance("eve", "new disks", 60_000, 1_000);
        var group = Worlds.group(
                UnaryOperator.identity(),
                facts -> new Facts(Role.STANDBY, Gate.Position.READ, 0, 7, true, 0, false, alone));
        var verdict = Health.replica(Optional.of(group), "b", 1000);
        assertFalse(verdict.fit());
        assertEquals("b is in maintenance: new disks", verdict.why());
    }

    @ParameterizedTest(name = "/health: {0} => {1}")
    @CsvSource({
        "PRIMARY, true",
        "STANDBY, true",
        "STARTING, false",
        "STOPPED, false",
        "HUNG, false",
        "EMPTY, false",
        "UNKNOWN, false"
    })
    void health(Role role, boolean fit) {
        var group =
                Worlds.group(facts -> new Facts(role, Gate.Position.CLOSED, 0, 7, false, 0), UnaryOperator.identity());
        assertEquals(fit, Health.health(Optional.of(group), "a").fit());
    }

    private static NodeView node(List<String> waitingFor, List<String> stuck) {
        return new NodeView("a", "test", 5000, waitingFor.isEmpty(), waitingFor, 0, List.of(), stuck, "", false);
    }

    @Test
    @DisplayName("/readiness says what the node waits for; a log that cannot be written is no part of it")
    void readiness() {
        assertEquals(
                "a waits for the event log, its member",
                Health.readiness(node(List.of("the event log", "its member"), List.of()))
                        .why());
        assertTrue(Health.readiness(node(List.of(), List.of())).fit());
    }

    @Test
    @DisplayName("/settled: only a node that is ready, grants, reaches all others and whose member serves or streams")
    void settled() {
        var good = List.of(Worlds.group(UnaryOperator.identity(), UnaryOperator.identity()));
        assertTrue(Health.settled(settled("a", List.of(), 0, List.of()), good).fit());
        assertTrue(Health.settled(settled("b", List.of(), 0, List.of()), good).fit());
        assertTrue(Health.settled(settled("app", List.of(), 0, List.of()), good).fit(), "a node without a member");
        assertEquals(
                "b waits for the event log, its voter, which grants nothing for another 700 ms, a connection to node c",
                Health.settled(settled("b", List.of("the event log"), 700, List.of("c")), good)
                        .why());
        assertEquals(
                "b waits for its voter, which takes no part: its disk has no seat (interrex voter readmit)",
                Health.settled(settled("b", List.of(), -1, List.of()), good).why());
        var torn = List.of(Worlds.group(
                UnaryOperator.identity(), facts -> new Facts(Role.STANDBY, Gate.Position.READ, 0, 7, false, 0)));
        assertEquals(
                "b waits for its member of group main, which neither serves nor streams",
                Health.settled(settled("b", List.of(), 0, List.of()), torn).why());
        assertTrue(Health.settled(settled("a", List.of(), 0, List.of()), torn).fit(), "the member of another node");
        var closed = List.of(Worlds.group(
                facts -> new Facts(Role.PRIMARY, Gate.Position.CLOSED, 0, 7, false, 0), UnaryOperator.identity()));
        assertFalse(
                Health.settled(settled("a", List.of(), 0, List.of()), closed).fit());
    }

    private static NodeView settled(String node, List<String> waitingFor, long voterSilentMs, List<String> away) {
        return new NodeView(
                node, "test", 5000, waitingFor.isEmpty(), waitingFor, voterSilentMs, away, List.of(), "", false);
    }

    @Test
    @DisplayName("/liveness is content with a node that waits, and not with one of which a part is stuck")
    void liveness() {
        assertTrue(Health.liveness(node(List.of("the event log"), List.of())).fit());
        var stuck = Health.liveness(node(List.of(), List.of("the agent of group main")));
        assertFalse(stuck.fit());
        assertEquals("a does not hear of the agent of group main, start the node again", stuck.why());
    }
}
