package io.interrex.postgresql;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.settings.PermanentSlot.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers, durably, which slots of this server are Interrex's: nobody else's is ever dropped. It is beside the server's
 * configuration and not in the log, because slots are a server's own, and a copy of a database has none.
 */
final class MadeSlots {

    /** @param at of a logical one: where its stream begins; ZERO: not known yet */
    record Made(Kind kind, long epoch, Lsn at) {}

    private final Path file;
    private @Nullable Map<String, Made> known;

    MadeSlots(Path file) {
        this.file = file;
    }

    synchronized Map<String, Made> all() throws Trouble {
        return Map.copyOf(load());
    }

    synchronized void put(String name, Made made) throws Trouble {
        var next = new TreeMap<>(load());
        next.put(name, made);
        save(next);
    }

    synchronized void forget(Collection<String> names) throws Trouble {
        var next = new TreeMap<>(load());
        if (next.keySet().removeAll(names)) {
            save(next);
        }
    }

    private Map<String, Made> load() throws Trouble {
        Map<String, Made> there = known;
        if (there == null) {
            there = new TreeMap<>();
            try {
                String text = DurableFiles.readIfThere(file);
                List<String> lines = text == null ? List.of() : text.lines().toList();
                for (String line : lines) {
                    String[] words = line.split(" ");
                    if (words.length == 4) {
                        there.put(
                                words[0],
                                new Made(Kind.valueOf(words[1]), Long.parseLong(words[2]), Lsn.parse(words[3])));
                    } else if (!line.isBlank()) {
                        throw unreadable(line);
                    }
                }
            } catch (IOException e) {
                throw Trouble.of("reading " + file, e);
            } catch (IllegalArgumentException e) {
                throw unreadable(String.valueOf(e.getMessage()));
            }
            known = there;
        }
        return there;
    }

    private Trouble unreadable(String what) {
        return Trouble.refused(
                "%s cannot be read (%s): remove it; slots that the settings name are taken over, and no other is dropped"
                        .formatted(file, what));
    }

    private void save(Map<String, Made> next) throws Trouble {
        var text = new StringBuilder();
        next.forEach(
                (name, made) -> text.append("%s %s %d %s%n".formatted(name, made.kind(), made.epoch(), made.at())));
        try {
            DurableFiles.createPrivateDirectory(file.resolveSibling("").normalize());
            DurableFiles.write(file, text.toString(), DurableFiles.SECRET);
        } catch (IOException e) {
            throw Trouble.of("writing " + file, e);
        }
        known = next;
    }
}
