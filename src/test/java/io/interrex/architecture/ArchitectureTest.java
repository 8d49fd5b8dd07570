package io.interrex.architecture;

import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Dependencies point one way and the decision core is pure")
class ArchitectureTest {
    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("io.interrex");

    /** Each line breaks exactly the rules that it names. */
    private static final List<Offender> OFFENDERS = List.of(
            offender("cluster", "Good", "java.util.List<Good> all = java.util.List.of();"),
            offender("cluster", "ReadsMonotonicTime", "long now() { return System.nanoTime(); }", "has no clock"),
            offender("cluster", "ReadsWallTime", "Object now() { return java.time.Instant.now(); }", "time, ids"),
            offender(
                    "cluster",
                    "RefersToWallTime",
                    "java.util.function.Supplier<?> now = java.time.Instant::now;",
                    "time, ids"),
            offender(
                    "cluster", "HasClock", "long at(java.time.Clock clock) { return clock.millis(); }", "has no clock"),
            offender("cluster", "ThrowsDice", "double dice() { return Math.random(); }", "time, ids"),
            offender("cluster", "NamesItself", "Object id() { return java.util.UUID.randomUUID(); }", "time, ids"),
            offender("cluster", "HasDice", "java.util.Random random = new java.util.Random();", "has no clock"),
            offender("cluster", "HasManyDice", "java.util.Random[] random = {};", "has no clock"),
            offender("cluster", "StartsThread", "void go() { new Thread(() -> {}).start(); }", "has no clock"),
            offender("cluster", "Logs", "System.Logger logger;", "has no clock"),
            offender("cluster", "OpensFile", "java.io.File file;", "has no clock"),
            offender(
                    "cluster",
                    "ReadsFile",
                    "boolean has(java.nio.file.Path path) { return java.nio.file.Files.exists(path); }",
                    "has no clock"),
            offender("cluster", "OpensSocket", "java.net.Socket socket;", "has no clock"),
            offender("cluster", "IsAsynchronous", "java.util.concurrent.CompletionStage<?> later;", "only the ports"),
            offender("cluster.port", "Promises", "java.util.concurrent.CompletionStage<?> later;"),
            offender("cluster", "KnowsLibrary", "org.slf4j.Logger log;", "knows only itself", "has no clock"),
            offender("cluster", "KnowsActors", "io.interrex.actors.Plain plain;", "knows only itself"),
            offender("actors", "Plain", "io.interrex.cluster.Good good;"),
            offender("actors", "KnowsHttp", "io.interrex.http.Plain plain;", "actors.. knows only"),
            offender("http", "Plain", "java.util.Random random;"),
            offender("http", "KnowsPersistence", "io.interrex.persistence.Plain plain;", "http.. knows only"),
            offender("http", "KnowsNode", "io.interrex.node.Plain plain;", "http.. knows only"),
            offender("persistence", "Plain", "io.interrex.cluster.Good good;"),
            offender("persistence", "KnowsActors", "io.interrex.actors.Plain plain;", "persistence.. knows only"),
            offender("node", "Plain", "io.interrex.actors.Plain actors; io.interrex.http.Plain http;"));

    @TestFactory
    @DisplayName("In the product")
    Stream<DynamicTest> theProductKeepsEveryRule() {
        return ArchitectureRules.all().stream()
                .map(rule -> DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(PRODUCT)));
    }

    @Test
    @DisplayName("All four modules and the node are looked at")
    void everyModuleIsSeen() {
        Set<String> seen = new TreeSet<>();
        PRODUCT.forEach(type -> seen.add(type.getPackageName().replaceAll("^(io\\.interrex(?:\\.\\w+)?).*", "$1")));
        assertTrue(
                seen.containsAll(Set.of(
                        "io.interrex.cluster",
                        "io.interrex.persistence",
                        "io.interrex.actors",
                        "io.interrex.http",
                        "io.interrex")),
                () -> "The rules saw only " + seen);
    }

    @TestFactory
    @DisplayName("A class breaks exactly the rules that it should")
    Stream<DynamicTest> everyRuleCanFail(@TempDir Path directory) throws IOException {
        compile(directory);
        JavaClasses compiled = new ClassFileImporter().importPath(directory);
        return OFFENDERS.stream()
                .map(offender -> DynamicTest.dynamicTest(
                        offender.title(), () -> assertEquals(offender.breaks(), brokenBy(offender, compiled))));
    }

    private static Set<String> brokenBy(Offender offender, JavaClasses compiled) {
        JavaClasses one = compiled.that(name("io.interrex." + offender.packageName() + "." + offender.name()));
        assertFalse(one.isEmpty(), "The offender was not compiled");
        Set<String> broken = new TreeSet<>();
        for (ArchRule rule : ArchitectureRules.all()) {
            if (rule.allowEmptyShould(true).evaluate(one).hasViolation()) {
                String description = rule.getDescription();
                broken.add(offender.breaks().stream()
                        .filter(description::contains)
                        .findFirst()
                        .orElse(description));
            }
        }
        return broken;
    }

    private static void compile(Path directory) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            List<Path> sources = OFFENDERS.stream()
                    .map(offender -> offender.writeTo(directory))
                    .toList();
            StringWriter messages = new StringWriter();
            boolean compiled = compiler.getTask(
                            messages,
                            files,
                            null,
                            List.of("-d", directory.toString(), "-proc:none"),
                            null,
                            files.getJavaFileObjectsFromPaths(sources))
                    .call();
            assertTrue(compiled, messages::toString);
        }
    }

    private static Offender offender(String packageName, String name, String body, String... breaks) {
        return new Offender(packageName, name, body, new TreeSet<>(Set.of(breaks)));
    }

    private record Offender(String packageName, String name, String body, Set<String> breaks) {
        String title() {
            return packageName + "." + name + (breaks.isEmpty() ? " is fine" : " breaks " + breaks);
        }

        Path writeTo(Path directory) {
            Path file = directory.resolve(packageName.replace('.', '-') + "/" + name + ".java");
            try {
                Files.createDirectories(file.getParent());
                return Files.writeString(
                        file, "package io.interrex." + packageName + "; public class " + name + " { " + body + " }");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
