package io.interrex.cluster.port;

import java.time.Instant;
import java.util.concurrent.CompletionStage;

/** Tells people. Never delays a decision. */
public interface Notifier extends AutoCloseable {

    String name();

    CompletionStage<Outcome<Nothing>> send(Notice notice);

    @Override
    void close();

    enum Severity {
        INFO,
        WARNING,
        CRITICAL
    }

    /** One thing to tell, in words: {@code title} is one line. */
    record Notice(String group, long epoch, Severity severity, String title, String text, Instant at) {}
}
