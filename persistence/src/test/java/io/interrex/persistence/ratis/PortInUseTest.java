package io.interrex.persistence.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortInUseTest {

    @Test
    @DisplayName(
            "a voter whose port is in use does not start, says so, and does not end the process or touch its handlers")
    void portInUse(@TempDir Path directory) throws IOException {
        var handler = Thread.getDefaultUncaughtExceptionHandler();
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var settings = RatisSettings.voter("a", Map.of("a", "127.0.0.1:" + taken.getLocalPort()), directory)
                    .withReserve(0);
            var e = assertThrows(IOException.class, () -> RatisEventLog.start(settings));
            assertTrue(String.valueOf(e.getMessage()).contains("in use"), e::toString);
        }
        assertEquals(handler, Thread.getDefaultUncaughtExceptionHandler());
    }
}
