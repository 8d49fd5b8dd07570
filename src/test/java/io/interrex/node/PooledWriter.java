package io.interrex.node;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** A client that writes through a pooler all the time, in transactions that take long enough to be met by whatever happens. */
final class PooledWriter implements AutoCloseable {

    private static final String INSERT = "insert into kept select 'pooled' from pg_sleep(0.1)";

    private final AtomicLong written = new AtomicLong();
    private final List<String> failed = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean closed;

    PooledWriter(int port, String password) {
        String url = "jdbc:postgresql://127.0.0.1:" + port + "/app?prepareThreshold=0&sslmode=disable&connectTimeout=5";
        thread = Thread.ofPlatform().name("pooled-writer").start(() -> {
            while (!closed) {
                write(url, password);
            }
        });
    }

    /** One that fails after the first was written is a failure; before that the pooler may not be there. */
    private void write(String url, String password) {
        try (Connection connection = DriverManager.getConnection(url, "app", password);
                var insert = connection.prepareStatement(INSERT)) {
            connection.setAutoCommit(false);
            while (!closed) {
                insert.executeUpdate();
                insert.executeUpdate();
                connection.commit();
                written.incrementAndGet();
            }
        } catch (SQLException e) {
            if (written.get() > 0) {
                failed.add(e.toString());
            }
        }
    }

    long written() {
        return written.get();
    }

    List<String> failed() {
        return List.copyOf(failed);
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
    }
}
