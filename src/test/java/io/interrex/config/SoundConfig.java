package io.interrex.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.settings.Timings;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** The dumb twin of the configuration's checks: what must hold of every file that was accepted, written out once more. */
final class SoundConfig {

    private static final BigDecimal SLOW = new BigDecimal("0.99");
    private static final BigDecimal FAST = new BigDecimal("1.01");

    private SoundConfig() {}

    static void assertSound(ClusterConfig config) {
        assertTimings(config.timings());
        long voters = config.nodes().values().stream()
                .filter(ClusterConfig.Node::voter)
                .count();
        assertEquals(1, voters % 2, "voters");
        assertFalse(config.groups().isEmpty());
        Set<String> listeners = new HashSet<>();
        for (var node : config.nodes().values()) {
            assertFalse(node.edge() && node.voter(), node.name());
            assertTrue(config.insecure() || Hosts.isLoopback(node.host()), node.host());
            var ports = node.ports();
            for (int port : new int[] {ports.hands(), ports.log(), ports.brain(), ports.http()}) {
                assertTrue(port > 0 && port < 65_536 && listeners.add(node.host() + " " + port), () -> "port " + port);
            }
        }
        for (var group : config.groups().values()) {
            assertGroup(config, group, listeners);
        }
        for (var router : config.routers().values()) {
            assertTrue(config.groups().containsKey(router.group()), router.group());
            assertTrue(config.nodes().keySet().containsAll(router.nodes()), router.name());
        }
        for (var effective : config.effective()) {
            assertFalse(effective.value().chars().anyMatch(Character::isISOControl), effective.key());
            assertTrue(
                    effective.value().chars().noneMatch(c -> Character.isSurrogate((char) c))
                            || effective.value().codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF),
                    effective.key());
        }
    }

    private static void assertGroup(ClusterConfig config, ClusterConfig.Group group, Set<String> listeners) {
        var settings = group.settings();
        assertEquals(config.timings(), settings.timings());
        assertFalse(group.members().isEmpty());
        long others = group.members().values().stream()
                        .filter(m -> !m.info().nosync())
                        .count()
                - 1;
        assertTrue(!settings.synchronous() || settings.k() >= 1 && settings.k() <= others, "k = " + settings.k());
        for (var member : group.members().values()) {
            var node = config.nodes().get(member.name());
            assertTrue(node != null && !node.edge(), member.name());
            assertTrue(listeners.add(node.host() + " " + member.port()), member.name());
            assertTrue(member.data().isAbsolute(), member.data().toString());
        }
    }

    /** protocol.md, "Lease": T(1+ρ) + g ≤ H(1−ρ); W ≥ H(1+ρ)/(1−ρ); T ≥ 3r + d + P; suspect ≥ P + r. */
    private static void assertTimings(Timings t) {
        assertTrue(
                ns(t.leaseFor())
                                .multiply(FAST)
                                .add(ns(t.closingMax()))
                                .compareTo(ns(t.promiseFor()).multiply(SLOW))
                        <= 0,
                () -> "T(1+ρ) + g ≤ H(1−ρ): " + t);
        assertTrue(
                ns(t.silentFor()).multiply(SLOW).compareTo(ns(t.promiseFor()).multiply(FAST)) >= 0,
                () -> "W ≥ H(1+ρ)/(1−ρ): " + t);
        Duration least = t.renewEvery().multipliedBy(3).plus(t.roundTripMax()).plus(t.pauseMax());
        assertTrue(t.leaseFor().compareTo(least) >= 0, () -> "T ≥ 3r + d + P: " + t);
        assertTrue(t.suspectAfter().compareTo(t.pauseMax().plus(t.renewEvery())) >= 0, () -> "suspect ≥ P + r: " + t);
    }

    private static BigDecimal ns(Duration duration) {
        return BigDecimal.valueOf(duration.toNanos());
    }
}
