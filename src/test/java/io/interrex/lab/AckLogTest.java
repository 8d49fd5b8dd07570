package io.interrex.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Begun at 0, acknowledged at 10, 20, 30, 90, 100")
class AckLogTest {
    private static final long NOW = 105;
    private final AckLog log = acknowledged(0, 10, 20, 30, 90, 100);

    @Test
    @DisplayName("window 0-105 => outage 30-90, over")
    void longestOfAll() {
        assertEquals(new Outage(30, 90, true), log.longest(0, NOW, NOW));
    }

    @Test
    @DisplayName("window 50-60, in the middle of it => outage 30-90, whole")
    void isMeasuredWhole() {
        assertEquals(new Outage(30, 90, true), log.longest(50, 60, NOW));
    }

    @Test
    @DisplayName("window 0-25 => outage 0-10: the one that begins at 30 is outside")
    void before() {
        assertEquals(new Outage(0, 10, true), log.longest(0, 25, NOW));
    }

    @Test
    @DisplayName("window 95-105, asked at 105 => outage 90-100, over")
    void after() {
        assertEquals(new Outage(90, 100, true), log.longest(95, NOW, NOW));
    }

    @Test
    @DisplayName("window 0-400, asked at 400 => outage 100-400, not over")
    void notOver() {
        assertEquals(new Outage(100, 400, false), log.longest(0, 400, 400));
    }

    @Test
    @DisplayName("each acknowledgement tells the pause that it ends")
    void tellsThePause() {
        assertEquals(new Outage(100, 250, true), log.add(7, 250));
    }

    @Test
    @DisplayName("never acknowledged => one outage since the beginning")
    void never() {
        assertEquals(new Outage(5, 50, false), new AckLog(5).longest(10, 20, 50));
    }

    @Test
    @DisplayName("two million acknowledgements => the latest million is remembered, and all ids")
    void isBounded() {
        var many = new AckLog(0);
        for (int i = 0; i < 2_000_000; i++) {
            many.add(i, 10L * i + (i >= 1_500_000 ? 77 : 0));
        }
        assertEquals(2_000_000, many.ids().cardinality());
        assertEquals(new Outage(14_999_990, 15_000_077, true), many.longest(0, 19_000_000, 20_000_070));
    }

    private static AckLog acknowledged(long start, long... times) {
        var log = new AckLog(start);
        for (int i = 0; i < times.length; i++) {
            log.add(i, times[i]);
        }
        return log;
    }
}
