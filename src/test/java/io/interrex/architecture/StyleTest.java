package io.interrex.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.architecture.StyleRules.Forbidden;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The sources keep the style of the house")
class StyleTest {
    private static final List<Forbidden> FORBIDDEN = forbiddenWords();

    @Nested
    @DisplayName("In this checkout")
    class ThisCheckout {
        private final SourceTree tree = SourceTree.ofThisCheckout();

        @Test
        @DisplayName("the sources are found at all")
        void sourcesAreFound() {
            assertTrue(tree.files(".java").size() > 20, () -> "Only these: " + tree.files(".java"));
        }

        @Test
        @DisplayName("the top level has only what belongs there")
        void topLevelIsAsGiven() {
            assertNone(StyleRules.strangersAtTheTop(tree));
        }

        @Test
        @DisplayName("no file is longer than one can read at once")
        void filesAreShort() {
            assertNone(StyleRules.longFiles(tree));
        }

        @Test
        @DisplayName("no method is longer than one can read at once")
        void methodsAreShort() throws IOException {
            assertNone(StyleRules.longMethods(tree));
        }

        @Test
        @DisplayName("nobody sleeps: who waits looks again")
        void nobodySleeps() throws IOException {
            assertNone(StyleRules.sleeps(tree));
        }

        @Test
        @DisplayName("every package of the program says what it is for")
        void packagesHaveAPurpose() {
            assertNone(StyleRules.packagesWithoutPurpose(tree));
        }

        @Test
        @DisplayName("every package is marked as free of null")
        void packagesAreNullMarked() {
            assertNone(StyleRules.packagesThatMayBeNull(tree));
        }

        @Test
        @DisplayName("every package lies in its own module")
        void packagesLieInTheirModule() {
            assertNone(StyleRules.packagesOfAnotherModule(tree));
        }

        @Test
        @DisplayName("no forbidden word is written")
        void forbiddenWordsAreAbsent() {
            assertNone(StyleRules.forbiddenWords(tree, FORBIDDEN));
        }
    }

    @Nested
    @DisplayName("In a checkout that breaks every rule")
    class ABrokenCheckout {
        @TempDir
        private Path root;

        @Test
        @DisplayName("a stranger at the top level is found")
        void strangerAtTheTop() {
            write("README.md", "");
            write("notes.txt", "");
            write(".editorconfig", "");
            assertFound(StyleRules.strangersAtTheTop(tree()), "notes.txt: ");
        }

        @Test
        @DisplayName("a Java file of 401 lines and a C file of 501 are found, shorter ones are not")
        void longFile() {
            write("http/src/main/java/io/interrex/http/Long.java", "\n".repeat(401));
            write("http/src/main/java/io/interrex/http/Short.java", "\n".repeat(400));
            write("src/main/c/long.c", "\n".repeat(501));
            write("src/main/c/short.c", "\n".repeat(500));
            assertFound(
                    StyleRules.longFiles(tree()),
                    "http/src/main/java/io/interrex/http/Long.java: 401",
                    "src/main/c/long.c: 501");
        }

        @Test
        @DisplayName("a method of 61 lines is found, one of 60 is not")
        void longMethod() throws IOException {
            String method = "  void %s() {%n" + "    ;\n".repeat(58) + "%s  }%n";
            write(
                    "src/main/java/io/interrex/Long.java",
                    "class Long {\n" + method.formatted("tall", "\n") + method.formatted("fits", "") + "}\n");
            assertFound(StyleRules.longMethods(tree()), "src/main/java/io/interrex/Long.java:2: method tall has 61");
        }

        @Test
        @DisplayName("a wait in no loop is found, also in a lambda within one; a wait that looks again is not")
        void sleep() throws IOException {
            write("src/main/java/io/interrex/Sleeps.java", """
                class Sleeps {
                  void all() throws Exception {
                    LockSupport.parkNanos(1);
                    new CountDownLatch(1).await(1, SECONDS);
                    while (!done()) {
                      LockSupport.parkNanos(1);
                      run(() -> LockSupport.parkNanos(2));
                    }
                    for (int i = 0; i < 3; i++) {
                      new CountDownLatch(1).await(1, SECONDS);
                    }
                    latch.await(1, SECONDS);
                    new CountDownLatch(1).await();
                  }
                }
                """);
            assertFound(
                    StyleRules.sleeps(tree()),
                    "src/main/java/io/interrex/Sleeps.java:3: ",
                    "src/main/java/io/interrex/Sleeps.java:4: ",
                    "src/main/java/io/interrex/Sleeps.java:7: ");
        }

        @Test
        @DisplayName("a package that does not say what it is for is found, one of tests is not")
        void packageWithoutPurpose() {
            write("http/src/main/java/io/interrex/http/a/package-info.java", "package io.interrex.http.a;");
            write(
                    "http/src/main/java/io/interrex/http/b/package-info.java",
                    "/** Asks. */\npackage io.interrex.http.b;");
            write("http/src/test/java/io/interrex/http/a/package-info.java", "package io.interrex.http.a;");
            assertFound(
                    StyleRules.packagesWithoutPurpose(tree()),
                    "http/src/main/java/io/interrex/http/a/package-info.java: ");
        }

        @Test
        @DisplayName("a package without package-info, or with one that marks nothing, is found")
        void unmarkedPackage() {
            write("http/src/main/java/io/interrex/http/a/A.java", "package io.interrex.http.a;");
            write("http/src/main/java/io/interrex/http/b/package-info.java", "package io.interrex.http.b;");
            write(
                    "http/src/main/java/io/interrex/http/c/package-info.java",
                    "@NullMarked\npackage io.interrex.http.c;");
            write("http/src/test/java/io/interrex/http/c/CTest.java", "package io.interrex.http.c;");
            assertFound(
                    StyleRules.packagesThatMayBeNull(tree()),
                    "http/src/main/java/io/interrex/http/a/A.java: ",
                    "http/src/main/java/io/interrex/http/b/package-info.java: ");
        }

        @Test
        @DisplayName("a package of another module is found")
        void strayPackage() {
            write("http/src/main/java/io/interrex/http/Fine.java", "");
            write("http/src/main/java/io/interrex/actors/Stray.java", "");
            write("src/main/java/io/interrex/Main.java", "");
            write("src/main/java/io/interrex/cluster/Stray.java", "");
            write("cluster/Stray.java", "");
            assertFound(
                    StyleRules.packagesOfAnotherModule(tree()),
                    "cluster/Stray.java: ",
                    "http/src/main/java/io/interrex/actors/Stray.java: ",
                    "src/main/java/io/interrex/cluster/Stray.java: ");
        }

        @Test
        @DisplayName("every forbidden word is found where it is forbidden, with its line")
        void forbiddenWord() {
            String text = "package io.interrex.cluster;\nclass A { long now = System.nanoTime(); }\n";
            write("cluster/src/main/java/io/interrex/cluster/A.java", text);
            write("http/src/main/java/io/interrex/http/A.java", text);
            write("src/main/c/a.c", "// FIX" + "ME later\n");
            write("src/test/java/io/interrex/ATest.java", "@Suppress" + "Warnings(\"x\") Thread" + ".sleep(1)");
            assertFound(
                    StyleRules.forbiddenWords(tree(), FORBIDDEN),
                    "cluster/src/main/java/io/interrex/cluster/A.java:2: 'System.nanoTime'",
                    "src/main/c/a.c:1: ",
                    "src/test/java/io/interrex/ATest.java:1: ",
                    "src/test/java/io/interrex/ATest.java:1: ");
        }

        private SourceTree tree() {
            return new SourceTree(root);
        }

        private void write(String path, String text) {
            Path file = root.resolve(path);
            try {
                Files.createDirectories(file.getParent());
                Files.writeString(file, text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static void assertNone(List<String> found) {
        assertEquals("", String.join("\n", found));
    }

    private static void assertFound(List<String> found, String... beginnings) {
        assertEquals(beginnings.length, found.size(), () -> "Found: " + found);
        for (int i = 0; i < beginnings.length; i++) {
            String sentence = found.get(i);
            assertTrue(sentence.startsWith(beginnings[i]), () -> "Found: " + sentence);
        }
    }

    private static List<Forbidden> forbiddenWords() {
        try (var file = StyleTest.class.getResourceAsStream("/style-forbidden.txt")) {
            if (file == null) {
                throw new IllegalStateException("style-forbidden.txt is not on the class path");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(Forbidden::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
