package io.interrex.cluster.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.fuzz.AnyValue;
import io.interrex.cluster.fuzz.Bounded;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

@Label("Timings and quantities, of any size and unit")
class TimingsFuzzTest {

    private static final Bounded READS = new Bounded(NeverThrown.class, 400, 1 << 18);

    private static final class NeverThrown extends Exception {
        private static final long serialVersionUID = 1L;
    }

    @Property(seed = "51")
    @Label("as many inequalities are said to be broken as are broken in whole nanoseconds")
    void inequalities(@ForAll("timings") List<Long> ns) {
        var t = new Timings(
                Duration.ofNanos(ns.get(0)),
                Duration.ofNanos(ns.get(1)),
                Duration.ofNanos(ns.get(2)),
                Duration.ofNanos(ns.get(3)),
                Duration.ofNanos(ns.get(4)),
                Duration.ofNanos(ns.get(5)),
                Duration.ofMillis(800),
                Duration.ofNanos(ns.get(6)),
                Duration.ofMillis(600),
                Duration.ofNanos(ns.get(7)));
        assertEquals(broken(ns), t.violations().size(), () -> t + " " + t.violations());
    }

    /** The dumb twin of protocol.md, "Lease", times 100: r, T, H, W, P, suspect, d, g. */
    private static int broken(List<Long> ns) {
        int broken = 0;
        broken += times(ns.get(1), 101).add(times(ns.get(7), 100)).compareTo(times(ns.get(2), 99)) > 0 ? 1 : 0;
        broken += times(ns.get(3), 99).compareTo(times(ns.get(2), 101)) < 0 ? 1 : 0;
        broken += times(ns.get(1), 1)
                                .compareTo(times(ns.get(0), 3)
                                        .add(times(ns.get(6), 1))
                                        .add(times(ns.get(4), 1)))
                        < 0
                ? 1
                : 0;
        broken += times(ns.get(5), 1).compareTo(times(ns.get(4), 1).add(times(ns.get(0), 1))) < 0 ? 1 : 0;
        return broken;
    }

    private static BigInteger times(long ns, int factor) {
        return BigInteger.valueOf(ns).multiply(BigInteger.valueOf(factor));
    }

    @Property(seed = "52")
    @Label("any text is a duration and a size, or is none")
    void quantities(@ForAll("texts") String text) {
        READS.read(text.length(), () -> Quantity.duration(text)).orElseThrow().ifPresent(duration -> {
            assertTrue(!duration.isNegative());
            Quantity.format(duration);
        });
        READS.read(text.length(), () -> Quantity.size(text)).orElseThrow().ifPresent(bytes -> {
            assertTrue(bytes >= 0);
            Quantity.format(bytes);
        });
    }

    /** The profile fast, some of it moved: by less than a millisecond, by a few, or to anything that a file can say. */
    @Provide
    Arbitrary<List<Long>> timings() {
        var fast = List.of(200, 1200, 1400, 1450, 550, 800, 50, 170);
        var moved = Arbitraries.oneOf(
                Arbitraries.just(0L),
                Arbitraries.longs().between(-1_000_000, 1_000_000),
                Arbitraries.longs().between(-30, 30).map(ms -> ms * 1_000_000),
                Arbitraries.longs().between(0, 1L << 61));
        return moved.list()
                .ofSize(fast.size())
                .map(by -> java.util.stream.IntStream.range(0, fast.size())
                        .mapToObj(i -> Math.max(1, fast.get(i) * 1_000_000L + by.get(i)))
                        .toList());
    }

    @Provide
    Arbitrary<String> texts() {
        var number = Arbitraries.of("0", "1", "1.5", "999999999999", "9999999999999", "0.000001", "-1", "٣", "1e9", "");
        var unit = Arbitraries.of("us", "ms", "s", "m", "h", "d", "ns", "B", "kB", "KiB", "GiB", "TiB", "PiB", "ſ", "");
        return Arbitraries.oneOf(
                AnyValue.text(),
                net.jqwik.api.Combinators.combine(number, Arbitraries.of("", " ", "\t\n"), unit)
                        .as((n, s, u) -> n + s + u));
    }
}
