package io.interrex.actors.log;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Tells once that a group's log cannot be read, and once that it can again. */
final class ReadTrouble {

    private static final Logger LOG = LoggerFactory.getLogger(GroupLog.class);

    private @Nullable String last;

    /** @param wasReadable it was read to its end before: that it cannot be read is news */
    void failed(String group, long version, String why, boolean wasReadable) {
        if (last == null) {
            LOG.atLevel(wasReadable ? Level.WARN : Level.INFO)
                    .log("{} v{}: the log cannot be read: {}; it is tried again until it can", group, version, why);
        }
        last = why;
    }

    void succeeded(String group, long version) {
        if (last != null) {
            LOG.info("{} v{}: the log can be read again", group, version);
        }
        last = null;
    }
}
