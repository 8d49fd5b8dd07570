package io.interrex.cluster.settings;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads and writes durations and sizes; both need a unit. */
public final class Quantity {

    /** As many digits as the largest long has: whatever {@link #format} writes is read. */
    private static final Pattern WITH_UNIT = Pattern.compile("(\\d{1,19}(?:\\.\\d{1,6})?)\\s*([A-Za-z]+)");

    private Quantity() {}

    /** Empty where the text is not a number with a unit of time. */
    public static Optional<Duration> duration(String text) {
        var parts = WITH_UNIT.matcher(text.strip());
        if (!parts.matches()) {
            return Optional.empty();
        }
        long nanos = switch (parts.group(2)) {
            case "us", "micros" -> 1_000L;
            case "ms", "millis", "milliseconds" -> 1_000_000L;
            case "s", "second", "seconds" -> 1_000_000_000L;
            case "m", "minute", "minutes" -> 60_000_000_000L;
            case "h", "hour", "hours" -> 3_600_000_000_000L;
            case "d", "day", "days" -> 86_400_000_000_000L;
            default -> 0L;
        };
        return scaled(parts.group(1), nanos).map(Duration::ofNanos);
    }

    /** Bytes; powers of 1024 with an i (KiB), of 1000 without (kB). Empty where the text is not a number with such a unit. */
    public static Optional<Long> size(String text) {
        var parts = WITH_UNIT.matcher(text.strip());
        if (!parts.matches()) {
            return Optional.empty();
        }
        long bytes = switch (parts.group(2).toLowerCase(Locale.ROOT)) {
            case "b", "byte", "bytes" -> 1L;
            case "kb" -> 1_000L;
            case "mb" -> 1_000_000L;
            case "gb" -> 1_000_000_000L;
            case "kib", "k" -> 1L << 10;
            case "mib", "m" -> 1L << 20;
            case "gib", "g" -> 1L << 30;
            case "tib", "t" -> 1L << 40;
            default -> 0L;
        };
        return scaled(parts.group(1), bytes);
    }

    private static Optional<Long> scaled(String number, long unit) {
        BigDecimal value = new BigDecimal(number).multiply(BigDecimal.valueOf(unit));
        return unit == 0 || value.compareTo(BigDecimal.valueOf(1L << 62)) > 0
                ? Optional.empty()
                : Optional.of(value.longValue());
    }

    /** The largest unit that needs no fraction, as the configuration reads it; a fraction of a microsecond is written out. */
    public static String format(Duration duration) {
        long ms = duration.toMillis();
        if (duration.toNanosPart() % 1_000_000 != 0) {
            return BigDecimal.valueOf(duration.toNanos(), 3)
                            .stripTrailingZeros()
                            .toPlainString() + " us";
        }
        if (ms >= 3_600_000 && ms % 3_600_000 == 0) {
            return ms / 3_600_000 + " h";
        }
        if (ms >= 60_000 && ms % 60_000 == 0) {
            return ms / 60_000 + " m";
        }
        return ms >= 1000 && ms % 1000 == 0 ? ms / 1000 + " s" : ms + " ms";
    }

    /** Bytes in the largest power of 1024 that needs no fraction. */
    public static String format(long bytes) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        int unit = 0;
        long value = bytes;
        while (unit < units.length - 1 && value != 0 && value % 1024 == 0) {
            value /= 1024;
            unit++;
        }
        return value + " " + units[unit];
    }
}
