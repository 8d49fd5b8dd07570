package io.interrex.cluster.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.hands.HandsMessage.Hello;
import java.io.IOException;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What a format consists of is in its file, and never changes again: a release that knows a newer one still speaks it to the letter.
 * What is new needs {@link Since} and a new {@link Format#CURRENT}; {@code -Dgolden.write=true} writes a file that is missing.
 */
class FormatShapeTest {

    private static final Path FOLDER = Path.of("src/test/resources/format");

    @TestFactory
    @DisplayName("every type, component and constant of a format is what its file says")
    Stream<DynamicTest> shapes() {
        return IntStream.rangeClosed(Format.OLDEST, Format.CURRENT)
                .mapToObj(format -> dynamicTest("format " + format, () -> {
                    Path file = FOLDER.resolve(format + ".txt");
                    List<String> shape = new Shape(format).lines();
                    if (Boolean.getBoolean("golden.write") && !Files.exists(file)) {
                        Files.createDirectories(FOLDER);
                        Files.write(file, shape);
                    }
                    assertTrue(Files.exists(file), () -> file + " is missing (-Dgolden.write=true writes it)");
                    assertEquals(
                            String.join("\n", Files.readAllLines(file)),
                            String.join("\n", shape),
                            "what is new is marked with @Since and a new format, and nothing else changes");
                }));
    }

    @Test
    @DisplayName("what a newer component says has a value that says nothing")
    void absentValues() {
        for (Class<?> type : new Shape(Format.CURRENT).types()) {
            for (RecordComponent component : type.isRecord() ? type.getRecordComponents() : new RecordComponent[0]) {
                assertTrue(
                        Format.since(component) == Format.FIRST || hasAbsentValue(component),
                        () -> type + "." + component.getName()
                                + " must be @Nullable, a number, a flag, a text or a collection");
            }
        }
    }

    private static boolean hasAbsentValue(RecordComponent component) {
        Class<?> type = component.getType();
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class)
                || type.isPrimitive()
                || type == String.class
                || Iterable.class.isAssignableFrom(type)
                || java.util.Map.class.isAssignableFrom(type);
    }

    /** All that messages and events consist of, in one format. */
    private static final class Shape {

        private final int format;
        private final Set<Class<?>> types = new HashSet<>();

        Shape(int format) {
            this.format = format;
            walk(HandsMessage.class);
            walk(GroupEvent.class);
        }

        Set<Class<?>> types() {
            return types;
        }

        List<String> lines() throws IOException {
            var lines = new TreeSet<String>();
            for (Class<?> type : types) {
                String name = type.getName().substring("io.interrex.cluster.".length());
                if (type.isEnum()) {
                    lines.add(name + ": " + constants(type));
                } else if (type.isRecord() && type != Hello.class) {
                    lines.add(name + ": " + components(type));
                }
            }
            return List.copyOf(lines);
        }

        private String constants(Class<?> type) {
            return Arrays.stream(type.getEnumConstants())
                    .map(Enum.class::cast)
                    .filter(constant -> Format.since(constant) <= format)
                    .map(Enum::name)
                    .sorted()
                    .collect(Collectors.joining(" "));
        }

        private String components(Class<?> type) {
            return Arrays.stream(type.getRecordComponents())
                    .filter(component -> Format.since(component) <= format)
                    .map(component -> component.getName() + " " + shown(component.getAnnotatedType()))
                    .collect(Collectors.joining(", "));
        }

        private static String shown(AnnotatedType type) {
            String name = type.getType().getTypeName().replaceAll("(\\w+\\.)+", "");
            return type.isAnnotationPresent(Nullable.class) ? name + "?" : name;
        }

        private void walk(Type type) {
            if (type instanceof ParameterizedType generic) {
                Arrays.stream(generic.getActualTypeArguments()).forEach(this::walk);
            } else if (type instanceof Class<?> c
                    && c.getName().startsWith("io.interrex.")
                    && Format.since(c) <= format
                    && types.add(c)) {
                if (c.isSealed()) {
                    Arrays.stream(c.getPermittedSubclasses()).forEach(this::walk);
                }
                if (c.isRecord()) {
                    Arrays.stream(c.getRecordComponents())
                            .filter(component -> Format.since(component) <= format)
                            .forEach(component -> walk(component.getGenericType()));
                }
            }
        }
    }
}
