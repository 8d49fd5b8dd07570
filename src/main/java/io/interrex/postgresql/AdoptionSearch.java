package io.interrex.postgresql;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks at a data directory from outside: who owns it, who runs in it, what else on this host looks after servers. */
final class AdoptionSearch {

    private static final Set<String> MANAGERS = Set.of("patroni", "pg_autoctl", "repmgrd", "stolon-keeper");

    private final PostgresSettings settings;
    private final Path from;

    /** @param from absolute */
    AdoptionSearch(PostgresSettings settings, Path from) {
        this.settings = settings;
        this.from = from;
    }

    AdoptionPlace look(int timeline) throws IOException, Trouble {
        boolean whole = Files.isReadable(from.resolve("PG_VERSION"))
                && Files.isReadable(from.resolve("global").resolve("pg_control"));
        Path wal = from.resolve("pg_wal");
        var postmaster = whole ? postmaster() : null;
        return new AdoptionPlace(
                from,
                whole,
                Files.exists(from) ? Files.getOwner(from).getName() : "",
                System.getProperty("user.name", ""),
                whole && movable(),
                !isFree(settings.home()),
                Files.exists(from) ? Files.getFileStore(from).getUsableSpace() : 0,
                timeline <= 1 || Files.exists(wal.resolve("%08X.history".formatted(timeline))),
                Files.isSymbolicLink(wal) && !Files.readSymbolicLink(wal).isAbsolute(),
                postmaster == null ? 0 : postmaster.pid(),
                postmaster == null ? null : address(),
                managers(),
                postmaster == null ? "" : unitOf(postmaster.pid()));
    }

    private ServerProcess.@Nullable Postmaster postmaster() throws Trouble {
        return ServerProcess.in(from);
    }

    /** As postmaster.pid tells: port, directory of the first socket, first address. */
    private AdoptionPlace.@Nullable Address address() throws IOException {
        String text = DurableFiles.readIfThere(from.resolve("postmaster.pid"));
        List<String> lines =
                text == null ? List.of() : text.lines().map(String::strip).toList();
        if (lines.size() < 6 || !lines.get(3).matches("[0-9]{1,5}")) {
            return null;
        }
        String host = !lines.get(4).isEmpty()
                ? lines.get(4)
                : lines.get(5).isEmpty() || lines.get(5).equals("*") ? "127.0.0.1" : lines.get(5);
        return new AdoptionPlace.Address(host, Integer.parseInt(lines.get(3)));
    }

    /** A rename within one file system is all or nothing. */
    private boolean movable() throws IOException {
        Path parent = from.getParent();
        Path target = Files.exists(settings.home())
                ? settings.home()
                : settings.home().getParent();
        if (parent == null || target == null || !Files.exists(target) || target.startsWith(from)) {
            return false;
        }
        FileStore store = Files.getFileStore(from);
        return Files.isWritable(parent)
                && Files.isWritable(target)
                && !Files.isSymbolicLink(from)
                && store.equals(Files.getFileStore(target))
                && Files.getAttribute(from, "unix:dev").equals(Files.getAttribute(parent, "unix:dev"));
    }

    /** Nothing is there yet, or what an adoption that was cut short has made. */
    private static boolean isFree(Path home) throws IOException {
        if (!Files.exists(home)) {
            return true;
        }
        try (var entries = Files.list(home)) {
            return entries.map(path -> path.getFileName().toString())
                    .allMatch(name -> name.equals("lost+found") || name.equals(Adopting.KEPT_SETTINGS));
        }
    }

    private List<String> managers() throws IOException {
        var found = new ArrayList<String>();
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                List<String> words = commandLine(process);
                words.stream()
                        .limit(3)
                        .map(word -> word.substring(word.lastIndexOf('/') + 1))
                        .filter(MANAGERS::contains)
                        .findFirst()
                        .filter(manager -> !isAnothers(words))
                        .ifPresent(manager -> found.add(manager + " (process " + process.getFileName() + ")"));
            }
        }
        return found;
    }

    /** It names a file of its own that does not speak of this directory. */
    private boolean isAnothers(List<String> words) {
        for (String word : words) {
            Path file = Path.of(word);
            if (word.matches(".*\\.ya?ml") && Files.isReadable(file)) {
                try {
                    return !Files.readString(file, StandardCharsets.UTF_8).contains(from.toString());
                } catch (IOException e) {
                    return false;
                }
            }
        }
        return false;
    }

    private static List<String> commandLine(Path process) throws IOException {
        String text;
        try {
            text = DurableFiles.readIfThere(process.resolve("cmdline"));
        } catch (IOException gone) {
            return List.of();
        }
        return text == null ? List.of() : List.of(text.split("\0", -1));
    }

    /** Of systemd's two hierarchies, whichever this host has; the last part of the path is the unit. */
    private static String unitOf(long pid) throws IOException {
        String text = DurableFiles.readIfThere(Path.of("/proc", Long.toString(pid), "cgroup"));
        return text == null ? "" : unitIn(text);
    }

    static String unitIn(String cgroup) {
        return cgroup.lines()
                .filter(line -> line.contains("name=systemd:") || line.startsWith("0::"))
                .map(line -> line.substring(line.lastIndexOf(':') + 1))
                .flatMap(path -> List.of(path.split("/")).reversed().stream()
                        .filter(part -> part.endsWith(".service"))
                        .limit(1))
                .findFirst()
                .orElse("");
    }
}
