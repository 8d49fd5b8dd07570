package io.interrex.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Names, makes, enters and removes network namespaces; a name is {@code ixr<pid of the owner>-<host>}. */
final class Namespaces {

    private static final Path NAMES = Path.of("/run/netns");
    private static final Pattern OURS = Pattern.compile("ixr(\\d+)-[a-z0-9]+");

    private Namespaces() {}

    static String name(String host) {
        return "ixr" + ProcessHandle.current().pid() + "-" + host;
    }

    static Path file(String name) {
        return NAMES.resolve(name);
    }

    static void add(String name) {
        Shell.run("ip", "netns", "add", name);
        Shell.run("ip", "-n", name, "link", "set", "lo", "up");
    }

    static boolean exists(String name) {
        return Files.exists(file(name));
    }

    /** Kills what runs in it and removes it; harmless where there is none. */
    static void remove(String name) {
        if (exists(name)) {
            try {
                HostProcesses.inNamespace(file(name)).killAll(name);
                Shell.run("ip", "netns", "delete", name);
            } catch (LabException e) {
                // two laboratories that start at once sweep the same leftovers
                if (exists(name)) {
                    throw e;
                }
            }
        }
    }

    /** Runs lines of ip(8) in that namespace. */
    static void ip(String name, String... lines) {
        Shell.run(String.join("\n", lines) + "\n", List.of("ip", "-n", name, "-batch", "-"));
    }

    /** Runs an nftables script in that namespace as one transaction. */
    static void nft(String name, String script) {
        Shell.run(script, enter(name, List.of("nft", "-f", "-")));
    }

    static List<String> enter(String name, List<String> argv) {
        List<String> all = new ArrayList<>(List.of("nsenter", "--net=" + file(name), "--"));
        all.addAll(argv);
        return all;
    }

    /** Removes what owners left that live no more, and returns the names. */
    static List<String> sweep() {
        List<String> swept = new ArrayList<>();
        for (String name : names()) {
            Matcher ours = OURS.matcher(name);
            if (ours.matches() && ownerIsGone(Long.parseLong(ours.group(1)))) {
                remove(name);
                swept.add(name);
            }
        }
        return swept;
    }

    private static boolean ownerIsGone(long pid) {
        return !Files.exists(Path.of("/proc", String.valueOf(pid)));
    }

    private static List<String> names() {
        if (!Files.isDirectory(NAMES)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(NAMES)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
