package io.interrex.actors.hands;

import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;

/** Logs the same line at most once in ten seconds, so that a peer that comes again and again does not fill the disk. */
final class QuietLog {

    private static final long AGAIN_AFTER_NANOS = 10_000_000_000L;
    private static final int REMEMBERED_MAX = 128;

    private final Logger log;
    private final Map<String, Long> saidAtNanos = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > REMEMBERED_MAX;
        }
    };

    QuietLog(Logger log) {
        this.log = log;
    }

    void warn(String line) {
        if (isDue(line)) {
            log.warn("{}", line);
        }
    }

    void info(String line) {
        if (isDue(line)) {
            log.info("{}", line);
        }
    }

    private synchronized boolean isDue(String line) {
        long now = System.nanoTime();
        Long last = saidAtNanos.get(line);
        if (last != null && now - last < AGAIN_AFTER_NANOS) {
            return false;
        }
        saidAtNanos.put(line, now);
        return true;
    }
}
