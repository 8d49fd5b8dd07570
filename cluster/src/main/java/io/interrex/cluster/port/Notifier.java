package io.interrex.cluster.port;

import java.time.Instant;
import java.util.concurrent.CompletionStage;

/** Tells people. Never delays a decision. */
public interface Notifier extends AutoCloseable {

    /** As the configuration has it; stands in the log beside each notice. */
    String name();

    /** Tells people once, within a limit of its own; done means that the message was handed over. Nothing waits for it. */
    CompletionStage<Outcome<Nothing>> send(Notice notice);

    @Override
    void close();

    /** How loud: to be read later, to be looked at today, or to wake somebody. */
    enum Severity {
        INFO,
        WARNING,
        CRITICAL
    }

    /** One thing to tell, in words: {@code title} is one line. */
    record Notice(String group, long epoch, Severity severity, String title, String text, Instant at) {}
}
