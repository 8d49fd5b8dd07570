package io.interrex.cluster.detection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.detection.Headroom.Level;
import io.interrex.cluster.port.Space;
import io.interrex.cluster.settings.DiskPolicy;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Thresholds of 8 and 2 GiB. */
@DisplayName("Headroom:")
class HeadroomTest {

    private static Space space(String place, long freeMiB, long sizeGiB) {
        return new Space(place, freeMiB << 20, sizeGiB << 30);
    }

    @ParameterizedTest(name = "{2} MiB free of {1} GiB for the {0}, {3} before => {4}")
    @CsvSource({
        // a big disk: the thresholds as they are configured
        "data,  1000, 8192,  OK,       OK",
        "data,  1000, 8191,  OK,       LOW",
        "data,  1000, 2048,  OK,       LOW",
        "data,  1000, 2047,  OK,       CRITICAL",
        "WAL,   1000, 2047,  OK,       CRITICAL",
        // back with a quarter more
        "data,  1000, 10239, LOW,      LOW",
        "data,  1000, 10240, LOW,      OK",
        "data,  1000, 2559,  CRITICAL, CRITICAL",
        "data,  1000, 2560,  CRITICAL, LOW",
        "data,  1000, 10240, CRITICAL, OK",
        // the last resort: a quarter of the action's threshold
        "data,  1000, 512,   OK,       CRITICAL",
        "data,  1000, 511,   OK,       EXHAUSTED",
        "data,  1000, 639,   EXHAUSTED, EXHAUSTED",
        "data,  1000, 640,   EXHAUSTED, CRITICAL",
        "data,  1000, 2559,  EXHAUSTED, CRITICAL",
        "data,  1000, 2560,  EXHAUSTED, LOW",
        "data,  20,   255,   OK,       EXHAUSTED",
        "data,  1,    40,    OK,       CRITICAL",
        "data,  1,    39,    OK,       EXHAUSTED",
        // a small one: a tenth and a twentieth
        "data,  20,   2048,  OK,       OK",
        "data,  20,   2047,  OK,       LOW",
        "data,  20,   1024,  OK,       LOW",
        "data,  20,   1023,  OK,       CRITICAL",
        // a tiny one: six and three segments of WAL
        "data,  1,    102,   OK,       LOW",
        "data,  1,    51,    OK,       CRITICAL",
        // Interrex' own: an alarm, and no more
        "state, 1000, 8191,  OK,       LOW",
        "state, 1000, 0,     OK,       LOW",
    })
    void levels(String place, long sizeGiB, long freeMiB, Level before, Level expected) {
        assertEquals(expected, Headroom.of(before, List.of(space(place, freeMiB, sizeGiB)), DiskPolicy.DEFAULT));
    }

    @Test
    @DisplayName("the one that has least counts")
    void worst() {
        assertEquals(
                Level.CRITICAL,
                Headroom.of(
                        Level.OK,
                        List.of(space("data", 9000, 1000), space("WAL", 1000, 1000), space("state", 5000, 1000)),
                        DiskPolicy.DEFAULT));
    }

    @Test
    @DisplayName("of a tiny disk no less than six, three and two and a half segments of WAL are kept free")
    void tiny() {
        var tiny = new Space(Space.DATA, 0, 200L << 20);
        assertEquals(96L << 20, Headroom.warnBelow(tiny, DiskPolicy.DEFAULT));
        assertEquals(48L << 20, Headroom.actBelow(tiny, DiskPolicy.DEFAULT));
        assertEquals(40L << 20, Headroom.stopBelow(tiny, DiskPolicy.DEFAULT));
    }

    @Test
    @DisplayName("thresholds of nothing, as of a group recorded before there were any, warn of a full disk only")
    void noThresholds() {
        var none = new DiskPolicy(0, 0, DiskPolicy.OnCritical.WARN);
        assertEquals(Level.OK, Headroom.of(Level.OK, List.of(space("data", 96, 1000)), none));
    }
}
