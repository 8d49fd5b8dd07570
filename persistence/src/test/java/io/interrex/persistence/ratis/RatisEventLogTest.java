package io.interrex.persistence.ratis;

import io.interrex.cluster.port.EventLog;
import io.interrex.persistence.EventLogContract;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract on three voters. */
class RatisEventLogTest extends EventLogContract {

    private static @Nullable RatisCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        cluster = RatisCluster.started(3, s -> s);
    }

    @AfterAll
    static void stop() throws IOException {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Override
    protected EventLog log(int index) {
        if (cluster == null) {
            throw new AssertionError("no cluster");
        }
        return cluster.log(String.valueOf((char) ('a' + index)));
    }
}
