package io.interrex.cluster.durability;

import static io.interrex.cluster.group.Facts.reign;
import static io.interrex.cluster.group.Facts.uuid;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.durability.Lineage.Fit;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given a log whose reigns are those of epoch 1, of epoch 2 from position 100 on, and of epoch 5 from 250 on. */
@DisplayName("A member's data")
class LineageTest {

    private static final List<Reign> CHAIN = List.of(reign(1, 0), reign(2, 100), reign(5, 250));

    @ParameterizedTest(name = "with the marker of epoch {0} (uuid {1}) that goes to {2} => {3}")
    @CsvSource({
        "5, 5,  250, STREAMS",
        "5, 5, 9000, STREAMS",
        "2, 2,  100, STREAMS",
        "2, 2,  249, STREAMS",
        "2, 2,  250, STREAMS",
        "2, 2,  251, DIVERGED",
        "1, 1,   99, STREAMS",
        "1, 1,  100, STREAMS",
        "1, 1,  101, DIVERGED",
        "1, 1,  250, DIVERGED",
        "5, 6,  250, OFF_CHAIN",
        "1, 6,   10, OFF_CHAIN",
        "2, 5,  100, OFF_CHAIN",
        "3, 3,  100, OFF_CHAIN",
        "6, 6,  300, OFF_CHAIN",
        "0, 0,    0, OFF_CHAIN",
    })
    @DisplayName("fits by the uuid of its marker, and diverged where it went past the next reign's beginning")
    void fit(long epoch, long uuid, long lsn, Fit fit) {
        assertEquals(fit, Lineage.of(CHAIN, epoch, uuid(uuid), 0, new Lsn(lsn)));
    }

    @Test
    @DisplayName("of the same timeline and position as the chain's, with another uuid, is off the chain (fact 4)")
    void collision() {
        UUID other = new UUID(1, 5);
        assertEquals(Fit.OFF_CHAIN, Lineage.of(CHAIN, 5, other, 0, new Lsn(250)));
    }

    @ParameterizedTest(name = "with the marker of epoch {0}, to {2} on timeline {1} => {3}")
    @CsvSource({
        "1, 1, 99, STREAMS",
        "1, 2, 99, OFF_CHAIN",
        "1, 2, 250, OFF_CHAIN",
        "2, 1, 100, STREAMS",
        "2, 3, 100, OFF_CHAIN",
        "5, 5, 300, STREAMS",
        "5, 6, 300, OFF_CHAIN",
    })
    @DisplayName(
            "that went on to a timeline without a marker is off the chain: another promotion may have the same number")
    void unmarked(long epoch, int timeline, long lsn, Fit fit) {
        assertEquals(fit, Lineage.of(CHAIN, epoch, uuid(epoch), timeline, new Lsn(lsn)));
        assertEquals(
                Fit.STREAMS, Lineage.of(List.of(new Reign(1, uuid(1), 0, Lsn.ZERO)), 1, uuid(1), timeline, Lsn.ZERO));
    }

    @Test
    @DisplayName("without a marker, or held against an empty chain, is off the chain")
    void nothing() {
        assertEquals(Fit.OFF_CHAIN, Lineage.of(CHAIN, 1, null, 0, new Lsn(10)));
        assertEquals(Fit.OFF_CHAIN, Lineage.of(List.of(), 1, uuid(1), 0, new Lsn(10)));
    }
}
