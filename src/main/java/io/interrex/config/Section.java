package io.interrex.config;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.interrex.cluster.settings.Quantity;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the values of one object of the file against the same object of reference.conf: a wrong value is noted and the
 * default returned, so that everything wrong is found in one go. Every value that is read is noted with its origin.
 */
final class Section {

    private static final String SUCH_AS = ", such as ";
    private static final String NO_TEXT = "has a control character, or half of a character";
    private static final String NO_TEXT_REMEDY = "Write text on one line";
    private static final int COUNT_MAX = 256;
    private static final int NAME_SHOWN_MAX = 60;
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,29}");

    private final Notes notes;
    private final String path;
    private final ConfigObject values;
    private final ConfigObject reference;

    private Section(Notes notes, String path, ConfigObject values, ConfigObject reference) {
        this.notes = notes;
        this.path = path;
        this.values = values;
        this.reference = reference;
        notes.block(path, values);
        for (String key : values.keySet().stream().sorted().toList()) {
            if (!reference.containsKey(key)) {
                notes.unknownKey(at(key), valueOf(key), key, reference.keySet());
            }
        }
    }

    static Section root(Notes notes, ConfigObject values) {
        return new Section(notes, "", values, Reference.load());
    }

    String text(String key) {
        return textIfSet(key).orElse("");
    }

    /** Empty where neither the file nor reference.conf has a value. */
    Optional<String> textIfSet(String key) {
        return read(key, "a text", Section::scalar, Function.identity());
    }

    /** Notes a problem where it is absent. */
    String required(String key, String example) {
        Optional<String> value = textIfSet(key).filter(text -> !text.isBlank());
        if (value.isEmpty()) {
            notes.problem(values, at(key), null, "is required", "Set it, for instance: " + key + " = " + example);
        }
        return value.orElse("");
    }

    boolean flag(String key) {
        return flagIfSet(key).orElse(false);
    }

    boolean flag(String key, boolean otherwise, String otherwiseFrom) {
        return flagIfSet(key).orElseGet(() -> {
            notes.effective(at(key), String.valueOf(otherwise), otherwiseFrom);
            return otherwise;
        });
    }

    private Optional<Boolean> flagIfSet(String key) {
        return read(
                key,
                "true or false",
                value -> switch (scalar(value).orElse("")) {
                    case "true" -> Optional.of(true);
                    case "false" -> Optional.of(false);
                    default -> Optional.empty();
                },
                String::valueOf);
    }

    int integer(String key, int min, int max) {
        return read(
                        key,
                        "a whole number from " + min + " to " + max,
                        value -> scalar(value)
                                .filter(text -> text.matches("-?\\d{1,9}"))
                                .map(Integer::valueOf)
                                .filter(number -> number >= min && number <= max),
                        String::valueOf)
                .orElse(min);
    }

    long size(String key, long otherwise, String otherwiseFrom) {
        return read(
                        key,
                        "a size with a unit, such as 16 MiB",
                        value -> scalar(value).flatMap(Quantity::size),
                        Quantity::format)
                .orElseGet(() -> {
                    notes.effective(at(key), Quantity.format(otherwise), otherwiseFrom);
                    return otherwise;
                });
    }

    Duration duration(String key, Duration otherwise, String otherwiseFrom) {
        return read(
                        key,
                        "a duration above zero with a unit, such as 200 ms or 5 s",
                        value -> scalar(value).flatMap(Quantity::duration).filter(Duration::isPositive),
                        Quantity::format)
                .orElseGet(() -> {
                    notes.effective(at(key), Quantity.format(otherwise), otherwiseFrom);
                    return otherwise;
                });
    }

    <E extends Enum<E>> E choice(String key, Class<E> type) {
        E[] constants = type.getEnumConstants();
        List<String> words = Stream.of(constants).map(Section::word).toList();
        return read(
                        key,
                        "one of " + String.join(", ", words),
                        value -> scalar(value)
                                .flatMap(text -> Stream.of(constants)
                                        .filter(constant -> word(constant).equals(text))
                                        .findFirst()),
                        Section::word)
                .orElse(constants[0]);
    }

    /** Empty where it is absent or wrong, which is noted. */
    List<String> texts(String key) {
        List<String> found = textsIfSet(key);
        if (found.isEmpty() && !notes.hasProblemAt(at(key))) {
            notes.problem(values, at(key), null, "is required", "Give at least one, for instance: " + key + " = [a]");
        }
        return found;
    }

    /** Empty where neither the file nor reference.conf names any. */
    List<String> textsIfSet(String key) {
        return read(
                        key,
                        "a list of texts (at most " + COUNT_MAX + "), such as [a, b]",
                        value -> value instanceof ConfigList list
                                        && list.size() <= COUNT_MAX
                                        && list.stream()
                                                .allMatch(item -> scalar(item).isPresent())
                                ? Optional.of(list.stream()
                                        .flatMap(item -> scalar(item).stream())
                                        .toList())
                                : Optional.<List<String>>empty(),
                        list -> "[" + String.join(", ", list) + "]")
                .orElse(List.of());
    }

    /** Texts by names that are not Interrex's to know. */
    SortedMap<String, String> free(String key) {
        var found = new TreeMap<String, String>();
        ConfigObject object = asObject(key);
        if (object != null) {
            object.toConfig().entrySet().forEach(entry -> {
                String name = entry.getKey().replace("\"", "");
                String text = scalar(entry.getValue()).orElse("");
                if (!isText(entry.getValue()) || !isText(name)) {
                    notes.problem(entry.getValue(), at(key) + "." + name, text, NO_TEXT, NO_TEXT_REMEDY);
                }
                notes.effective(at(key) + "." + name, text, notes.originOf(entry.getValue()));
                found.put(name, text);
            });
        }
        return Collections.unmodifiableSortedMap(found);
    }

    Section section(String key) {
        return new Section(notes, at(key), orEmpty(asObject(key)), known(key));
    }

    /** One section per name that the operator chose. */
    SortedMap<String, Section> named(String key) {
        var found = new TreeMap<String, Section>();
        ConfigObject template = known(key);
        if (!(template.get(Reference.ANY) instanceof ConfigObject any)) {
            throw new IllegalStateException(at(key) + " is not a set of names in reference.conf");
        }
        ConfigObject chosen = orEmpty(asObject(key));
        notes.block(at(key), chosen);
        if (chosen.size() > COUNT_MAX) {
            problem(key, "has " + chosen.size() + " names, at most " + COUNT_MAX, "Split the installation");
            return found;
        }
        chosen.forEach((name, value) -> {
            String shown = name.length() > NAME_SHOWN_MAX ? name.substring(0, NAME_SHOWN_MAX) + "…" : name;
            String full = at(key) + "." + shown;
            if (!NAME.matcher(name).matches()) {
                notes.problem(
                        value,
                        full,
                        null,
                        "'" + shown + "' cannot be a name",
                        "Use a small letter, then small letters, digits or _, at most 30 in all");
            }
            if (value instanceof ConfigObject object) {
                found.put(name, new Section(notes, full, object, any));
            } else {
                notes.problem(value, full, Notes.render(value), "is not a block of keys", "Write " + name + " { … }");
            }
        });
        return Collections.unmodifiableSortedMap(found);
    }

    void problem(String key, String reason, String remedy) {
        ConfigValue value = valueOf(key);
        notes.problem(
                value == null ? values : value, at(key), value == null ? null : Notes.render(value), reason, remedy);
    }

    /** As nodes, groups and members are named. */
    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    boolean isSet(String key) {
        return valueOf(key) != null;
    }

    String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private <T> Optional<T> read(
            String key, String expected, Function<ConfigValue, Optional<T>> parse, Function<T, String> format) {
        if (!reference.containsKey(key)) {
            throw new IllegalStateException(at(key) + " is read, but not documented in reference.conf");
        }
        notes.asked(at(key));
        ConfigValue own = valueOf(key);
        if (own != null && !isText(own)) {
            notes.problem(own, at(key), Notes.render(own), NO_TEXT, NO_TEXT_REMEDY);
        } else if (own != null) {
            Optional<T> value = parse.apply(own);
            if (value.isPresent()) {
                notes.effective(at(key), format.apply(value.get()), notes.originOf(own));
                return value;
            }
            int example = expected.indexOf(SUCH_AS);
            String what = example < 0 ? expected : expected.substring(0, example);
            String like = example < 0 ? expected : "it like " + expected.substring(example + SUCH_AS.length());
            notes.problem(own, at(key), Notes.render(own), "is not " + what, "Write " + like);
        }
        Optional<T> standard = Optional.ofNullable(set(reference.get(key))).flatMap(parse);
        if (own == null) {
            standard.ifPresent(value -> notes.effective(at(key), format.apply(value), "default"));
        }
        return standard;
    }

    private @Nullable ConfigValue valueOf(String key) {
        return set(values.get(key));
    }

    private static @Nullable ConfigValue set(@Nullable ConfigValue value) {
        return value == null || value.valueType() == ConfigValueType.NULL ? null : value;
    }

    private @Nullable ConfigObject asObject(String key) {
        notes.asked(at(key));
        ConfigValue value = valueOf(key);
        if (value == null || value instanceof ConfigObject) {
            return (ConfigObject) value;
        }
        notes.problem(value, at(key), Notes.render(value), "is not a block of keys", "Write " + key + " { … }");
        return null;
    }

    private ConfigObject known(String key) {
        if (reference.get(key) instanceof ConfigObject object) {
            return object;
        }
        throw new IllegalStateException(at(key) + " is read as a block, but is none in reference.conf");
    }

    private ConfigObject orEmpty(@Nullable ConfigObject object) {
        return object == null ? ConfigFactory.empty().root() : object;
    }

    /** What is read ends up in files of other programs, in events and on the wire. */
    private static boolean isText(ConfigValue value) {
        return value instanceof ConfigList list
                ? list.stream().limit(COUNT_MAX).allMatch(Section::isText)
                : scalar(value).map(Section::isText).orElse(true);
    }

    private static boolean isText(String text) {
        return text.codePoints()
                .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
    }

    private static Optional<String> scalar(ConfigValue value) {
        return switch (value.valueType()) {
            case STRING, NUMBER, BOOLEAN -> Optional.of(String.valueOf(value.unwrapped()));
            case OBJECT, LIST, NULL -> Optional.empty();
        };
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
