package io.interrex.postgresql;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How far a copy is, by what pg_basebackup says every second (--progress): {@code 12345/67890 kB (18%), 0/1 tablespace}. */
final class CopyProgress {

    private static final Pattern LINE = Pattern.compile("\\s*(\\d{1,15})/(\\d{1,15}) kB \\(\\d+%\\).*");
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss'Z'").withZone(ZoneOffset.UTC);
    private static final int KIB_PER_MIB = 1024;

    private final Instant since;
    private final long beganNs;
    private volatile @Nullable Said said;

    private record Said(long doneKiB, long totalKiB, long atNs) {}

    CopyProgress(Instant since, long beganNs) {
        this.since = since;
        this.beganNs = beganNs;
    }

    /** Whether that line was one of progress. */
    boolean told(String line, long nowNs) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            return false;
        }
        said = new Said(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2)), nowNs);
        return true;
    }

    /** For status: how much of how much, since when, and how long it would take on at that pace. */
    String words() {
        Said last = said;
        if (last == null) {
            return ", since " + CLOCK.format(since);
        }
        long total = Math.max(last.totalKiB(), last.doneKiB());
        long tookMs = Duration.ofNanos(last.atNs() - beganNs).toMillis();
        String left = last.doneKiB() == 0
                ? ""
                : ", about %d s left".formatted(tookMs * (total - last.doneKiB()) / last.doneKiB() / 1000);
        return ", %d of %d MiB since %s%s"
                .formatted(last.doneKiB() / KIB_PER_MIB, total / KIB_PER_MIB, CLOCK.format(since), left);
    }
}
