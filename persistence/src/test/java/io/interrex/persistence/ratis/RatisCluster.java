package io.interrex.persistence.ratis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Voters a, b, c, … in this process, on free ports, in a directory of their own that goes with them. */
final class RatisCluster implements AutoCloseable {

    private final Path directory;
    private final Map<String, String> voters = new TreeMap<>();
    private final Map<String, RatisEventLog> running = new TreeMap<>();
    private final UnaryOperator<RatisSettings> tuning;

    RatisCluster(int size, UnaryOperator<RatisSettings> tuning) throws IOException {
        this.directory = Files.createTempDirectory("log-test-");
        this.tuning = tuning;
        freeAddresses(size).forEach(address -> voters.put(String.valueOf((char) ('a' + voters.size())), address));
    }

    static RatisCluster started(int size, UnaryOperator<RatisSettings> tuning) throws IOException {
        var cluster = new RatisCluster(size, tuning);
        for (var node : cluster.voters.keySet()) {
            cluster.start(node);
        }
        return cluster;
    }

    static List<String> freeAddresses(int count) throws IOException {
        var sockets = new ArrayList<ServerSocket>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(s -> "127.0.0.1:" + s.getLocalPort()).toList();
        } finally {
            for (var socket : sockets) {
                socket.close();
            }
        }
    }

    Map<String, String> voters() {
        return voters;
    }

    Path storage(String node) {
        return directory.resolve(node);
    }

    RatisSettings settings(String node) {
        return tuning.apply(RatisSettings.voter(node, voters, storage(node)).withReserve(0));
    }

    RatisEventLog start(String node) throws IOException {
        var log = RatisEventLog.start(settings(node));
        running.put(node, log);
        return log;
    }

    RatisEventLog log(String node) {
        var log = running.get(node);
        if (log == null) {
            throw new AssertionError(node + " is not running");
        }
        return log;
    }

    void stop(String node) {
        @Nullable RatisEventLog log = running.remove(node);
        if (log != null) {
            log.close();
        }
    }

    @Override
    public void close() throws IOException {
        List.copyOf(running.keySet()).forEach(this::stop);
        delete(directory);
    }

    static void delete(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
