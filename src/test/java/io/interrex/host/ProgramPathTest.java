package io.interrex.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A program is looked for")
final class ProgramPathTest {

    @TempDir
    private Path directory = Path.of("");

    private Path made(String name, boolean executable) throws IOException {
        Path file = Files.createDirectories(directory.resolve(name).getParent()).resolve("made-by-test");
        Files.writeString(file, "#!/bin/sh\n");
        assertEquals(executable, file.toFile().setExecutable(executable) && executable);
        return file;
    }

    @Test
    @DisplayName("on the path, the first that can be run, whatever stands before it there")
    void onThePath() throws IOException {
        made("plain/made-by-test", false);
        Path wanted = made("first/made-by-test", true);
        made("second/made-by-test", true);
        Files.createDirectories(directory.resolve("folder/made-by-test"));
        String path = "::relative:/nowhere:%1$s/plain:%1$s/folder:%1$s/first:%1$s/second".formatted(directory);
        assertEquals(Optional.of(wanted), ProgramPath.find("made-by-test", path));
        assertEquals(Optional.empty(), ProgramPath.find("made-by-nobody", path));
    }

    @Test
    @DisplayName("in the system's directories, where the path does not name them")
    void inTheSystem() {
        assertEquals(
                "ip",
                ProgramPath.find("ip", "/nowhere").orElseThrow().getFileName().toString());
    }

    @Test
    @DisplayName("by its path, and then nowhere else")
    void byItsPath() throws IOException {
        Path wanted = made("one/made-by-test", true);
        assertEquals(Optional.of(wanted), ProgramPath.find(wanted.toString(), "/nowhere"));
        assertEquals(Optional.empty(), ProgramPath.find(wanted + "-not", directory.toString()));
    }
}
