package io.interrex.cluster.detection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PhiAccrualTest {

    private static final PhiAccrual NEW = PhiAccrual.start(200, 50, 0);

    @Test
    @DisplayName("nobody is suspected who was never heard")
    void never() {
        assertEquals(0, NEW.phi(1_000_000));
        assertEquals(-1, NEW.silentMs(1_000_000));
    }

    @Test
    @DisplayName("phi is -log10 of the normal tail: 0.30 at the mean, 0.80 one and 2.87 three deviations later")
    void knownValues() {
        PhiAccrual regular = beats(NEW, 0, 200, 300);
        long last = 300 * 200L;
        assertEquals(200, regular.meanMs(), 0.01);
        assertEquals(50, regular.deviationMs(), 0.01);
        assertEquals(-Math.log10(0.5), regular.phi(last + 200), 0.001);
        assertEquals(-Math.log10(0.158655), regular.phi(last + 250), 0.001);
        assertEquals(-Math.log10(0.00134990), regular.phi(last + 350), 0.05);
    }

    @Test
    @DisplayName("phi never falls while the silence lasts, and stays finite after a year of it")
    void monotonic() {
        PhiAccrual regular = beats(NEW, 0, 200, 50);
        double before = -1;
        for (long now = 10_000; now < 20_000; now += 7) {
            double phi = regular.phi(now);
            assertTrue(phi >= before, now + ": " + phi + " after " + before);
            before = phi;
        }
        assertTrue(Double.isFinite(regular.phi(365L * 24 * 3600 * 1000)));
    }

    @Test
    @DisplayName("an acceptable pause moves the suspicion by its length")
    void pause() {
        PhiAccrual without = beats(NEW, 0, 200, 50);
        PhiAccrual with = beats(PhiAccrual.start(200, 50, 550), 0, 200, 50);
        assertEquals(without.phi(10_500), with.phi(10_500 + 550), 1e-9);
    }

    @Test
    @DisplayName("an irregular host is granted more than a regular one")
    void irregular() {
        PhiAccrual irregular = NEW;
        long now = 0;
        for (int i = 0; i < 100; i++) {
            now += i % 2 == 0 ? 50 : 350;
            irregular = irregular.heartbeat(now);
        }
        PhiAccrual regular = beats(NEW, 0, 200, 100);
        assertTrue(irregular.phi(now + 600) < regular.phi(100 * 200 + 600) / 5);
    }

    @Test
    @DisplayName("an absence of a minute does not make the detector patient")
    void absence() {
        PhiAccrual back = beats(NEW, 0, 200, 50).heartbeat(70_000);
        PhiAccrual again = beats(back, 70_000, 200, 3);
        assertTrue(again.meanMs() < 210, "mean " + again.meanMs());
        assertTrue(again.phi(70_600 + 800) > 8);
    }

    @Test
    @DisplayName("a heartbeat changes the new value only; one from the past changes nothing")
    void immutable() {
        PhiAccrual one = NEW.heartbeat(1000);
        double before = one.phi(1700);
        PhiAccrual two = one.heartbeat(1600);
        assertEquals(before, one.phi(1700));
        assertTrue(two.phi(1700) < before);
        assertEquals(100, two.heartbeat(500).silentMs(1700));
    }

    @Test
    @DisplayName("the memory of a detector is bounded: the last hundred intervals count")
    void window() {
        PhiAccrual slower = beats(beats(NEW, 0, 200, 500), 500 * 200, 400, 100);
        assertEquals(400, slower.meanMs(), 0.01);
    }

    @Test
    @DisplayName("intervals and deviations of nothing are refused")
    void badInput() {
        assertThrows(IllegalArgumentException.class, () -> PhiAccrual.start(0, 50, 0));
        assertThrows(IllegalArgumentException.class, () -> PhiAccrual.start(200, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> PhiAccrual.start(200, 50, -1));
    }

    private static PhiAccrual beats(PhiAccrual from, long start, long every, int count) {
        PhiAccrual detector = from.heartbeat(start);
        for (int i = 1; i <= count; i++) {
            detector = detector.heartbeat(start + i * every);
        }
        return detector;
    }
}
