package io.interrex.persistence.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.interrex.cluster.format.Format;
import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What was once written can be read for ever. Every type has a file per schema; an encoding that changes breaks the test,
 * and is then either an accident or a new schema with an upcaster and a file of its own. {@code -Dgolden.write=true} writes
 * the files that are missing.
 */
class GoldenFilesTest {

    private static final Path FOLDER = Path.of("src/test/resources/golden");

    private final EventCodec codec = new EventCodec();

    @TestFactory
    @DisplayName("every event is written as its golden file says, and read back from it")
    Collection<DynamicTest> events() {
        var tests = new ArrayList<DynamicTest>();
        for (var type : EventTypes.groupEvents().all()) {
            for (boolean withNulls : new boolean[] {false, true}) {
                GroupEvent sample = new SampleOf(withNulls).type(type.javaType());
                if (withNulls && sample.equals(new SampleOf(false).type(type.javaType()))) {
                    continue;
                }
                var file = FOLDER.resolve("event/" + fileName(type.name(), type.schema(), withNulls));
                tests.add(dynamicTest(file.getFileName().toString(), () -> {
                    var encoded = codec.encode(sample);
                    assertEquals(golden(file, encoded.payload()), encoded.payload());
                    assertEquals(sample, codec.decode(type.name(), type.schema(), golden(file, "")));
                }));
            }
        }
        return tests;
    }

    @TestFactory
    @DisplayName("every command is written as its golden file says, and read back from it")
    Collection<DynamicTest> commands() {
        var tests = new ArrayList<DynamicTest>();
        for (var type : EventTypes.groupCommands().all()) {
            GroupCommand sample = new SampleOf(false).type(type.javaType());
            var file = FOLDER.resolve("command/" + fileName(type.name(), type.schema(), false));
            tests.add(dynamicTest(file.getFileName().toString(), () -> {
                String encoded = codec.encodeCommand(sample);
                assertEquals(golden(file, encoded), encoded);
                assertEquals(sample, codec.decodeCommand(golden(file, "")));
            }));
        }
        return tests;
    }

    @TestFactory
    @DisplayName(
            "in an older format every event and command is written as the release of that format wrote it, and read back")
    Collection<DynamicTest> olderFormats() {
        var tests = new ArrayList<DynamicTest>();
        for (int format = Format.OLDEST; format < Format.CURRENT; format++) {
            int then = format;
            for (var type : EventTypes.groupEvents().all()) {
                if (Format.since(type.javaType()) <= then) {
                    tests.add(dynamicTest("%s in format %d".formatted(type.name(), then), () -> event(type, then)));
                }
            }
            for (var type : EventTypes.groupCommands().all()) {
                if (Format.since(type.javaType()) <= then) {
                    tests.add(dynamicTest("%s in format %d".formatted(type.name(), then), () -> command(type, then)));
                }
            }
        }
        return tests;
    }

    private void event(EventTypes.Type<GroupEvent> type, int format) {
        GroupEvent sample = new SampleOf(false, format).type(type.javaType());
        assertNull(Format.tooNew(sample, format));
        var encoded = codec.encode(sample, format);
        var file = FOLDER.resolve("event/" + fileName(type.name(), encoded.schema(), false));
        assertEquals(golden(file, ""), encoded.payload());
        assertEquals(sample, codec.decode(encoded.name(), encoded.schema(), encoded.payload()));
    }

    private void command(EventTypes.Type<GroupCommand> type, int format) {
        GroupCommand sample = new SampleOf(false, format).type(type.javaType());
        assertNull(Format.tooNew(sample, format));
        String encoded = codec.encodeCommand(sample, format);
        var file = FOLDER.resolve("command/" + fileName(type.name(), type.schemaIn(format), false));
        assertEquals(golden(file, ""), encoded);
        assertEquals(sample, codec.decodeCommand(encoded));
    }

    @Test
    @DisplayName("every event, command and kind of evidence that exists is registered under the name of its type")
    void everythingIsRegistered() {
        assertEquals(names(GroupEvent.class), registered(EventTypes.groupEvents()));
        assertEquals(names(GroupCommand.class), registered(EventTypes.groupCommands()));
        assertEquals(names(Evidence.class), registered(EventTypes.evidence()));
    }

    @Test
    @DisplayName("no golden file is left of a type or schema that cannot be read any more")
    void everyFileIsOfAKnownType() throws IOException {
        var known = StreamSupport.stream(EventTypes.groupEvents().all().spliterator(), false)
                .collect(Collectors.toMap(EventTypes.Type::name, EventTypes.Type::schema));
        try (var files = Files.list(FOLDER.resolve("event"))) {
            for (var file : files.toList()) {
                var parts = List.of(file.getFileName().toString().split("\\."));
                int schema = Integer.parseInt(parts.get(1).substring(1));
                assertTrue(known.getOrDefault(parts.getFirst(), 0) >= schema, file + " is of no known type and schema");
                codec.decode(parts.getFirst(), schema, Files.readString(file).strip());
            }
        }
    }

    @Test
    @DisplayName("a command of every schema that was ever written is read")
    void olderCommands() throws IOException {
        try (var files = Files.list(FOLDER.resolve("command"))) {
            for (var file : files.toList()) {
                codec.decodeCommand(Files.readString(file).strip());
            }
        }
    }

    private static String fileName(String name, int schema, boolean withNulls) {
        return name + ".v" + schema + (withNulls ? ".nulls.json" : ".json");
    }

    private static List<String> names(Class<?> sealed) {
        return kinds(sealed).map(Class::getSimpleName).sorted().toList();
    }

    private static Stream<Class<?>> kinds(Class<?> type) {
        return type.isSealed()
                ? Arrays.stream(type.getPermittedSubclasses()).flatMap(GoldenFilesTest::kinds)
                : Stream.of(type);
    }

    private static <T> List<String> registered(EventTypes<T> types) {
        return StreamSupport.stream(types.all().spliterator(), false)
                .map(type -> {
                    assertEquals(type.javaType().getSimpleName(), type.name());
                    return type.name();
                })
                .sorted()
                .toList();
    }

    private static String golden(Path file, String ifMissing) {
        try {
            if (Boolean.getBoolean("golden.write") && !Files.exists(file)) {
                Files.createDirectories(FOLDER.resolve("event"));
                Files.createDirectories(FOLDER.resolve("command"));
                Files.writeString(file, ifMissing + "\n");
            }
            assertTrue(
                    Files.exists(file),
                    file + " is missing: a new type or schema needs its golden file (-Dgolden.write=true writes it)");
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
