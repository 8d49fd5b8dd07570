package io.interrex.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Collects what reading one file leaves behind: problems, warnings, effective values with their origin. */
final class Notes {

    private static final int SHOWN_MAX = 20;
    private static final int PROBLEMS_MAX = 100;

    private final Path file;
    private final List<Problem> problems = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();
    private final Map<String, Effective> effective = new LinkedHashMap<>();
    private final Map<String, String> blocks = new HashMap<>();
    private final SortedSet<String> asked = new TreeSet<>();
    private int untold;

    Notes(Path file) {
        this.file = file;
    }

    /** @param value the value to blame, or the block in which one is missing; null: the file */
    void problem(@Nullable ConfigValue value, String key, @Nullable String text, String reason, String remedy) {
        problem(value == null ? file.toString() : originOf(value), key, text, reason, remedy);
    }

    void problem(String where, @Nullable String key, @Nullable String text, String reason, String remedy) {
        add(new Problem(where, key, text, reason, remedy));
    }

    /** Blames a value that was read before. */
    void problemAt(String key, String reason, String remedy) {
        add(about(key, reason, remedy));
    }

    /** A file that is no configuration has as many problems as lines; nobody reads them all. */
    private void add(Problem problem) {
        if (problems.size() < PROBLEMS_MAX) {
            problems.add(problem);
        } else {
            untold++;
        }
    }

    void warningAt(String key, String reason, String remedy) {
        warnings.add(about(key, reason, remedy));
    }

    private Problem about(String key, String reason, String remedy) {
        Effective known = effective.get(key);
        return known == null
                ? new Problem(blocks.getOrDefault(key, file.toString()), key, null, reason, remedy)
                : new Problem(whereOf(known), key, known.value(), reason, remedy);
    }

    private String whereOf(Effective known) {
        return known.origin().startsWith(file.toString()) ? known.origin() : file + " (" + known.origin() + ")";
    }

    void unknownKey(String path, @Nullable ConfigValue value, String key, Collection<String> known) {
        String remedy = Nearest.to(key, known)
                .map(nearest -> "Did you mean '" + nearest + "'")
                .orElseGet(() -> "Remove it; known here: "
                        + String.join(", ", known.stream().sorted().toList()));
        problem(value, path, value == null ? null : render(value), "is an unknown key", remedy);
    }

    void effective(String key, String value, String origin) {
        effective.put(key, new Effective(key, value, origin));
    }

    void block(String path, ConfigObject values) {
        blocks.put(path, originOf(values));
    }

    void asked(String key) {
        asked.add(key);
    }

    boolean hasProblemAt(String key) {
        return problems.stream().anyMatch(problem -> key.equals(problem.key()));
    }

    String originOf(ConfigValue value) {
        ConfigOrigin origin = value.origin();
        String name = origin.filename();
        String shown = name == null
                        || Path.of(name)
                                .toAbsolutePath()
                                .normalize()
                                .equals(file.toAbsolutePath().normalize())
                ? file.toString()
                : name;
        return origin.lineNumber() > 0 ? shown + ":" + origin.lineNumber() : shown;
    }

    List<Problem> problems() {
        var all = new ArrayList<>(problems);
        if (untold > 0) {
            all.add(new Problem(
                    file.toString(), null, null, "it has " + untold + " more problems", "Correct these first"));
        }
        return List.copyOf(all);
    }

    List<Problem> warnings() {
        return List.copyOf(warnings);
    }

    List<Effective> effective() {
        return List.copyOf(effective.values());
    }

    /** The keys that the reader asked for. */
    SortedSet<String> asked() {
        return asked;
    }

    /** Lists of lists may stand for more than memory holds: substitutions multiply. */
    static String render(ConfigValue value) {
        return switch (value.valueType()) {
            case OBJECT -> "{ … }";
            case LIST ->
                value instanceof ConfigList list
                                && list.size() <= SHOWN_MAX
                                && list.stream().noneMatch(Notes::isNested)
                        ? value.render(ConfigRenderOptions.concise())
                        : "[ … ]";
            case STRING, NUMBER, BOOLEAN, NULL -> String.valueOf(value.unwrapped());
        };
    }

    private static boolean isNested(ConfigValue value) {
        return value.valueType() == ConfigValueType.OBJECT || value.valueType() == ConfigValueType.LIST;
    }
}
