package io.interrex.cluster.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A quantity is a number with a unit, and what is written can be read. */
final class QuantityTest {

    private static final long READ_MAX = 1L << 62;

    @ParameterizedTest(name = "{0} => {1} bytes")
    @CsvSource({
        "4611686018427387904 B, 4611686018427387904",
        "4611686018427387903 b, 4611686018427387903",
        "4194304 TiB,           4611686018427387904",
        "4611686018427387905 B,",
        "9999999999999999999 B,",
        "10000000000000000000 B,",
        "1.5 KiB,               1536",
        "1 KB,                  1000",
        "1,",
        "-1 B,",
    })
    void sizes(String text, Long bytes) {
        assertEquals(Optional.ofNullable(bytes), Quantity.size(text));
    }

    @ParameterizedTest(name = "{0} ns are written {1}")
    @CsvSource({
        "1000000,             1 ms",
        "1500000,             1500 us",
        "1000001,             1000.001 us",
        "4611686018427000000, 4611686018427 ms",
        "4611686018427387904, 4611686018427387.904 us",
        "3600000000000,       1 h",
        "0,                   0 ms",
    })
    @DisplayName("a duration is written in the largest unit that needs no fraction, and read as it was")
    void durations(long nanos, String text) {
        assertEquals(text, Quantity.format(Duration.ofNanos(nanos)));
        assertEquals(Optional.of(Duration.ofNanos(nanos)), Quantity.duration(text));
    }

    @Property(tries = 1000, seed = "1")
    void everySizeIsReadAsWritten(@ForAll @LongRange(max = READ_MAX) long bytes) {
        assertEquals(Optional.of(bytes), Quantity.size(Quantity.format(bytes)));
    }

    @Property(tries = 1000, seed = "2")
    void everyDurationIsReadAsWritten(@ForAll @LongRange(max = READ_MAX) long nanos) {
        Duration duration = Duration.ofNanos(nanos);
        assertEquals(Optional.of(duration), Quantity.duration(Quantity.format(duration)));
    }
}
