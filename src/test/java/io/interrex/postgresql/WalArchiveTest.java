package io.interrex.postgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The archive of divergent WAL, of at most 1000 bytes")
final class WalArchiveTest {

    private static final int SIZE_MAX = 1000;
    private static final int COUNT_MAX = 4;

    @TempDir
    Path directory = Path.of("");

    @Test
    @DisplayName("lets the oldest divergence go first, and only as many as it must")
    void oldestFirst() throws Exception {
        keep("c-first", 1, 400, 1);
        keep("a-second", 1, 400, 2);
        keep("b-third", 1, 200, 3);
        assertEquals(List.of("a-second", "b-third", "c-first"), kept());
        keep("d-fourth", 1, 300, 4);
        assertEquals(List.of("a-second", "b-third", "d-fourth"), kept());
    }

    @Test
    @DisplayName("keeps the beginning of a divergence that alone is too large")
    void tooLarge() throws Exception {
        keep("old", 1, 400, 1);
        assertEquals(3, keep("huge", 5, 300, 2));
        assertEquals(List.of("huge"), kept());
        assertEquals(List.of("000", "001", "002"), names(directory.resolve("diverged/huge")));
    }

    @Test
    @DisplayName("has one copy of a divergence that is archived again")
    void again() throws Exception {
        keep("same", 3, 300, 1);
        assertEquals(2, keep("same", 2, 300, 2));
        assertEquals(List.of("000", "001"), names(directory.resolve("diverged/same")));
    }

    @Test
    @DisplayName("holds no more divergences than it may, however small, and says which ones went")
    void count() throws Exception {
        for (int i = 1; i <= 5; i++) {
            keep("n" + i, 1, 10, i);
        }
        assertEquals(List.of("n2", "n3", "n4", "n5"), kept());
    }

    @Test
    @DisplayName("takes what was interrupted for nothing: it is deleted, and counts for nobody")
    void interrupted() throws Exception {
        keep("first", 1, 400, 1);
        Path torn = Files.createDirectories(directory.resolve("diverged/torn.unfinished"));
        Files.write(torn.resolve("000"), new byte[600]);
        keep("second", 1, 400, 2);
        assertEquals(List.of("first", "second"), kept());
    }

    @Test
    @DisplayName("leaves to the copy what the copy needs: nothing is kept where there is no more room than that")
    void reserve() throws Exception {
        Path segment = Files.write(directory.resolve("000"), new byte[100]);
        var kept = new WalArchive(directory.resolve("diverged"), KeptWalLimits.DEFAULT)
                .keep("none", List.of(segment), Long.MAX_VALUE, (to, howMany) -> assertEquals(0, howMany));
        assertEquals(0, kept.segments());
        assertEquals(List.of("none"), kept());
    }

    private int keep(String name, int count, int size, int day) throws IOException {
        Path source = Files.createDirectories(directory.resolve("wal-" + name + day));
        var segments = new ArrayList<Path>();
        for (int i = 0; i < count; i++) {
            segments.add(Files.write(source.resolve("%03d".formatted(i)), new byte[size]));
        }
        Path root = directory.resolve("diverged");
        int kept = new WalArchive(root, new KeptWalLimits(SIZE_MAX, COUNT_MAX, false))
                .keep(name, segments, 0, (to, howMany) -> {})
                .segments();
        Files.setLastModifiedTime(root.resolve(name), FileTime.fromMillis(day * 86_400_000L));
        return kept;
    }

    private List<String> kept() throws IOException {
        return names(directory.resolve("diverged"));
    }

    private static List<String> names(Path of) throws IOException {
        try (var entries = Files.list(of)) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
