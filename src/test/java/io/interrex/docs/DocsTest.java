package io.interrex.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cli.Cli;
import io.interrex.cluster.settings.Profile;
import io.interrex.cluster.settings.Quantity;
import io.interrex.cluster.settings.Timings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

@DisplayName("What is written for people")
final class DocsTest {

    private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]+)(#[^)]*)?\\)");
    private static final Pattern ROUTE = Pattern.compile("\"(/[a-z0-9/]+)\"");
    private static final Pattern COMMAND = Pattern.compile("(?m)^interrex (\\w.*?)(?: {2,}|$)");

    private final Path root = Checkout.root();

    @Test
    @DisplayName("links only to what is there")
    void links() throws IOException {
        var dead = new ArrayList<String>();
        int seen = 0;
        for (Path text : texts()) {
            Matcher link = LINK.matcher(Files.readString(text));
            while (link.find()) {
                boolean local = !link.group(1).contains("://");
                seen++;
                if (local && !Files.exists(text.resolveSibling(link.group(1)))) {
                    dead.add(root.relativize(text) + " links to " + link.group(1));
                }
            }
        }
        assertEquals(List.of(), dead);
        assertTrue(seen > 10, "only " + seen + " links were found");
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("has the profiles' timings as the code has them")
    void profiles(Profile profile) throws IOException {
        String protocol = Files.readString(root.resolve("src/docs/protocol.md"));
        String row = protocol.lines()
                .filter(line -> line.matches("\\| " + profile.key() + "( \\(.*\\))? \\|.* / .*"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("protocol.md has no row for " + profile.key()));
        String[] cells = row.split(" \\| ");
        Timings t = profile.timings();
        String lease = Stream.of(t.renewEvery(), t.leaseFor(), t.promiseFor(), t.silentFor())
                .map(time -> String.valueOf(time.toMillis()))
                .reduce((all, next) -> all + " / " + next)
                .orElseThrow();
        assertEquals(lease + " ms", cells[1]);
        assertEquals(List.of(t.pauseMax(), t.suspectAfter(), t.writeProbeMax()), times(cells[2], cells[3], cells[4]));
    }

    @Test
    @DisplayName("names every command, and no other")
    void commands() throws IOException {
        var commands = new TreeSet<>(new CommandLine(new Cli()).getSubcommands().keySet());
        commands.add("node");
        var named = new TreeSet<String>();
        Matcher command = COMMAND.matcher(readme());
        while (command.find()) {
            for (String one : command.group(1).split(" \\| ")) {
                named.add(one.split(" ", 2)[0]);
            }
        }
        assertEquals(commands, named);
    }

    @Test
    @DisplayName("names every path of the API")
    void paths() throws IOException {
        String api = Files.readString(root.resolve("http/src/main/java/io/interrex/http/Api.java"));
        String readme = readme();
        List<String> untold = api.lines()
                .filter(line -> line.strip().startsWith("case \"/"))
                .flatMap(line -> ROUTE.matcher(line).results().map(found -> found.group(1)))
                .distinct()
                .filter(path -> !readme.contains(path))
                .toList();
        assertEquals(List.of(), untold);
        assertTrue(ROUTE.matcher(api).results().count() > 10, "no paths were found");
    }

    @Test
    @DisplayName("numbers the decisions without a gap")
    void decisions() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("src/docs/decisions"))) {
            int number = 0;
            for (Path file : files.sorted().toList()) {
                number++;
                String name = String.valueOf(file.getFileName());
                assertTrue(name.startsWith("%04d-".formatted(number)), name);
                String text = Files.readString(file);
                assertTrue(text.startsWith("# " + number + ". "), () -> name + " begins with another number");
            }
            assertTrue(number >= 7, "only " + number + " decisions");
        }
    }

    private List<Path> texts() throws IOException {
        try (Stream<Path> docs = Files.walk(root.resolve("src/docs"))) {
            return Stream.concat(docs, Stream.of(root.resolve("README.md"), root.resolve("src/main/c/protocol.md")))
                    .filter(file -> file.toString().endsWith(".md"))
                    .toList();
        }
    }

    private String readme() throws IOException {
        return Files.readString(root.resolve("README.md"));
    }

    private static List<Duration> times(String... cells) {
        return Stream.of(cells)
                .map(cell -> Quantity.duration(cell).orElseThrow(() -> new AssertionError(cell + " is no time")))
                .toList();
    }
}
