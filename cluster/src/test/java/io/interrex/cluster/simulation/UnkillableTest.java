package io.interrex.cluster.simulation;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.simulation.Fault.Kind;
import io.interrex.cluster.simulation.Fault.Point;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A primary whose processes outlive SIGKILL for good")
class UnkillableTest {

    private static Schedule stuck(long seed) {
        Layout layout = Layout.draw(new SplittableRandom(seed));
        var fault =
                new Fault(Kind.UNKILLABLE, Point.WINDOW, 1, 700 * VirtualTime.MS, Fault.PRIMARY, 0, Fault.FOR_GOOD_NS);
        return new Schedule(seed, layout, false, 1_000 * VirtualTime.MS, 0, 0, List.of(fault));
    }

    @Test
    @DisplayName("is followed by another, in every layout, though it is never seen dead and gives nothing back")
    void followed() {
        int elsewhere = 0;
        for (long seed = 1; seed <= 150; seed++) {
            Simulation.Result result = Simulation.run(stuck(seed), false);
            assertNull(result.broken(), () -> Simulation.told(result.schedule()));
            elsewhere += result.epochs() > 1 ? 1 : 0;
        }
        assertTrue(elsewhere > 100, "another primary in " + elsewhere + " of 150");
    }
}
