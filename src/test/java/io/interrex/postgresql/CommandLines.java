package io.interrex.postgresql;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Looks at the command lines and environments of all processes again and again, for passwords. */
final class CommandLines implements AutoCloseable {

    private static final int EVERY_MS = 5;

    private final List<String> passwords = new ArrayList<>();
    private final Set<String> offenders = ConcurrentHashMap.newKeySet();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread looking =
            Thread.ofPlatform().daemon().name("command-lines").unstarted(this::look);

    CommandLines(PostgresSettings settings) throws Trouble {
        for (String role : settings.roles()) {
            passwords.add(new Secrets(settings.secrets()).password(role));
        }
        looking.start();
    }

    List<String> passwords() {
        return passwords;
    }

    /** What was run with a password in sight. */
    List<String> offenders() {
        return List.copyOf(offenders);
    }

    /** How many different command lines there were. */
    int seen() {
        return seen.size();
    }

    @Override
    public void close() throws InterruptedException {
        closing.countDown();
        looking.join();
    }

    private void look() {
        try {
            while (!closing.await(EVERY_MS, TimeUnit.MILLISECONDS)) {
                try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
                    processes.forEach(this::lookAt);
                }
            }
        } catch (IOException | InterruptedException e) {
            offenders.add("the looking ended: " + e);
        }
    }

    private void lookAt(Path process) {
        String command = read(process.resolve("cmdline"));
        if (command.isEmpty() || command.contains("java")) {
            return;
        }
        seen.add(command);
        String all = command + read(process.resolve("environ"));
        if (passwords.stream().anyMatch(all::contains)) {
            offenders.add(command);
        }
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).replace('\0', ' ');
        } catch (IOException e) {
            return ""; // it is gone meanwhile
        }
    }
}
