package io.interrex.persistence.ratis;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** One voter as a process: {@code node storage snapshotEvery a=host:port b=host:port …}. Ends when its input ends. */
final class VoterMain {

    private VoterMain() {}

    public static void main(String[] args) throws IOException {
        long started = System.nanoTime();
        Map<String, String> voters = new TreeMap<>();
        for (int i = 3; i < args.length; i++) {
            int equals = args[i].indexOf('=');
            voters.put(args[i].substring(0, equals), args[i].substring(equals + 1));
        }
        var settings = RatisSettings.voter(args[0], voters, Path.of(args[1]))
                .withSnapshotEvery(Long.parseLong(args[2]))
                .withReserve(1 << 20);
        try (var log = RatisEventLog.start(settings)) {
            System.out.println("started in " + (System.nanoTime() - started) / 1_000_000 + " ms: " + log);
            while (System.in.read() >= 0) {
                System.out.flush();
            }
        }
    }
}
