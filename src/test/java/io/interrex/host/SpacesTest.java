package io.interrex.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.port.Space;
import io.interrex.host.Spaces.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The room on a host's disks:")
class SpacesTest {

    @TempDir
    Path dir;

    @Test
    @DisplayName("a file system is looked at once, by the first place on it; what is not there, not at all")
    void shared() throws IOException {
        Path other = Files.createDirectory(dir.resolve("other"));
        List<Space> spaces = Spaces.of(List.of(
                new Place(Space.DATA, dir),
                new Place(Space.WAL, dir.resolve("absent")),
                new Place(Space.STATE, other)));
        assertEquals(List.of(Space.DATA), spaces.stream().map(Space::place).toList());
        assertTrue(spaces.getFirst().sizeBytes() >= spaces.getFirst().freeBytes());
    }

    @Test
    @DisplayName("one of 8 MiB is seen to fill up")
    void fills() throws Exception {
        Path small = Files.createDirectory(dir.resolve("small"));
        Assumptions.assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=8m", "interrex-test", small.toString()), "no right to mount");
        try {
            List<Place> places = List.of(new Place(Space.DATA, dir), new Place(Space.WAL, small));
            Space before = Spaces.of(places).getLast();
            assertEquals(new Space(Space.WAL, 8 << 20, 8 << 20), before);
            Files.write(small.resolve("filler"), new byte[6 << 20]);
            assertEquals(2 << 20, Spaces.of(places).getLast().freeBytes());
        } finally {
            assertTrue(run("umount", small.toString()));
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
