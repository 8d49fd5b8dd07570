package io.interrex.lab;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** The table that probes write into. It has no unique key: a row that came twice must be seen, not prevented. */
final class ProbeTable {
    static final String INSERT = "insert into interrex_lab_writes (run, member, id) values (?, ?, ?)";
    private static final String CREATE = """
            create table if not exists interrex_lab_writes (
              run text not null, member text not null, id bigint not null,
              written timestamptz not null default clock_timestamp())""";
    private static final String SELECT =
            "select id, count(*) from interrex_lab_writes where run = ? and member = '' group by id";
    private static final Duration CONNECT_MAX = Duration.ofSeconds(1);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);
    private static final long RETRY_NANOS = 50_000_000;

    private ProbeTable() {}

    /** Tries until {@code max} is over: the group may have no primary yet. */
    static void create(ProbeTarget target, Duration max) {
        retry(target, max, connection -> {
            try (var statement = connection.createStatement()) {
                return statement.execute(CREATE);
            }
        });
    }

    /** Compares what was acknowledged with what {@code target} holds. */
    static Verification verify(ProbeTarget target, String run, BitSet acknowledged, Duration max) {
        return retry(target, max, connection -> {
            try (PreparedStatement select = connection.prepareStatement(SELECT)) {
                select.setString(1, run);
                try (ResultSet rows = select.executeQuery()) {
                    var found = new BitSet();
                    List<Long> duplicates = new ArrayList<>();
                    while (rows.next()) {
                        found.set(Math.toIntExact(rows.getLong(1)));
                        if (rows.getLong(2) > 1) {
                            duplicates.add(rows.getLong(1));
                        }
                    }
                    return Verification.of(acknowledged, found, duplicates);
                }
            }
        });
    }

    private interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    private static <T> T retry(ProbeTarget target, Duration max, Work<T> work) {
        long deadlineNanos = System.nanoTime() + max.toNanos();
        while (true) {
            try (Connection connection = target.connect(CONNECT_MAX, ANSWER_MAX, false)) {
                return work.on(connection);
            } catch (SQLException e) {
                if (System.nanoTime() > deadlineNanos) {
                    throw new LabException(
                            "%s was of no use for %d ms: %s".formatted(target, max.toMillis(), e.getMessage()));
                }
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
    }
}
