package io.interrex.cluster.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.lease.LeaseHolder.Effect;
import io.interrex.cluster.lease.LeaseState.Identity;
import io.interrex.cluster.settings.Profile;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given an agent that starts on a host where its predecessor may have left the gate open. */
@DisplayName("A gate that was found")
final class FoundGateTest {

    private static final Identity A =
            new Identity("main", "a", 2, 1, new TreeSet<>(List.of("a", "b", "c")), Profile.FAST.timings());

    @ParameterizedTest(name = "found open: {0}, epoch {1}, may serve: {2} => closed: {3}")
    @CsvSource({"true, 0, false, true", "true, 5, false, true", "true, 5, true, false", "false, 0, false, false"})
    void isClosedUnlessAServerBehindItMayServe(boolean found, long epoch, boolean allow, boolean closed) {
        LeaseHolder.Step first = LeaseHolder.want(LeaseState.idle(A, 0).gateFound(found), epoch, epoch != 0, allow, 1);
        assertEquals(closed, first.effects().stream().anyMatch(Effect.CloseGate.class::isInstance));
        LeaseHolder.Step second = LeaseHolder.want(first.state(), epoch, epoch != 0, allow, 2);
        assertEquals(List.of(), second.effects());
    }
}
