package io.interrex.notify;

import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Notifier;
import io.interrex.cluster.port.Outcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells people through the node's log; the severity decides the level. */
public final class LogNotifier implements Notifier {
    private static final Logger LOG = LoggerFactory.getLogger(LogNotifier.class);

    @Override
    public String name() {
        return "log";
    }

    @Override
    public CompletionStage<Outcome<Nothing>> send(Notice notice) {
        String format = "group {} epoch {}: {}: {}";
        Object[] values = {notice.group(), notice.epoch(), notice.title(), notice.text()};
        switch (notice.severity()) {
            case INFO -> LOG.info(format, values);
            case WARNING -> LOG.warn(format, values);
            case CRITICAL -> LOG.error(format, values);
        }
        return CompletableFuture.completedFuture(Outcome.done(Nothing.NOTHING));
    }

    @Override
    public void close() {}
}
