package io.interrex.haproxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.group.MemberInfo;
import io.interrex.haproxy.HaproxySettings.Listen;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("HAProxy's configuration")
final class HaproxyConfigTest {

    private static HaproxySettings settings(Path directory, String member) {
        return HaproxySettings.of(
                "g",
                List.of(new MemberInfo(member, "127.0.0.1", 5432, "z", 0, false, false, false)),
                directory,
                new Listen("127.0.0.1", 5000),
                new Listen("127.0.0.1", 5001));
    }

    @Test
    @DisplayName("is replaced as a whole: who has opened the one before reads that to its end")
    void whole(@TempDir Path directory) throws Exception {
        Path file = directory.resolve(HaproxyConfig.FILE);
        HaproxyConfig.write(settings(directory, "a"));
        Path before = Files.createLink(directory.resolve("before"), file);
        HaproxyConfig.write(settings(directory, "b"));
        assertEquals(HaproxyConfig.render(settings(directory, "a")), Files.readString(before));
        assertEquals(HaproxyConfig.render(settings(directory, "b")), Files.readString(file));
        Files.delete(before);
    }
}
