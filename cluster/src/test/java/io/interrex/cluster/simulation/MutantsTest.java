package io.interrex.cluster.simulation;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each safety check has a mutant that it kills, within a stated number of seeds. */
@DisplayName("A hole in the protocol is seen")
class MutantsTest {

    @ParameterizedTest(name = "{0} breaks {1} within {2} seeds")
    @CsvSource({
        "NO_REVOCATION,          I4,  200",
        "VOTER_FORGETS_EPOCH,    I16, 20",
        "NO_SILENCE,             I17, 20",
        "VOTER_PROMISES_TWICE,   I2,  200",
        "SHORT_PROMISE,          I2,  200",
        "LEASE_FROM_RECEIPT,     I3,  20",
        "GATE_WITHOUT_TIMER,     I3,  20",
        "BARRIER_SKIPPED,        I5,  20",
        "DEAD_BY_AN_OLD_LOOK,    I18, 4000",
        "MEMBER_FORGETS_PROMISE, I16, 300",
        "NO_JOINT_CONFIGURATION, I4,  300",
        "APPEND_BLINDLY,         I11, 600"
    })
    void isKilled(Mutant mutant, String invariant, long seeds) {
        for (long seed = 1; seed <= seeds; seed++) {
            Violation broken = Simulation.run(seed, false, mutant).broken();
            if (broken != null && broken.invariant().startsWith(invariant + " ")) {
                return;
            }
        }
        throw new AssertionError(mutant + " survived " + seeds + " seeds");
    }
}
