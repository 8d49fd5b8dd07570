package io.interrex.persistence.memory;

import io.interrex.cluster.port.EventLog;
import io.interrex.persistence.EventLogContract;
import org.junit.jupiter.api.AfterEach;

/** The contract on the engine that other tests use. */
class InMemoryEventLogTest extends EventLogContract {

    private final InMemoryEventLog log = new InMemoryEventLog();

    @AfterEach
    void close() {
        log.close();
    }

    @Override
    protected EventLog log(int index) {
        return log;
    }
}
