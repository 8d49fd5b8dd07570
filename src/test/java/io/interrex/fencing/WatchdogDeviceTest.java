package io.interrex.fencing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WatchdogDeviceTest {

    @Test
    @DisplayName(
            "a watchdog that is absent, or a plain file, is refused with a remedy; one that may be written is not opened")
    void looked(@TempDir Path directory) throws Exception {
        Path device = directory.resolve("watchdog");
        assertEquals(Optional.of("does not exist"), WatchdogDevice.problem(device));
        Files.writeString(device, "");
        assertEquals(Optional.of("is no device"), WatchdogDevice.problem(device));
        Files.delete(device);
        assertEquals(0, new ProcessBuilder("mkfifo", device.toString()).start().waitFor());
        assertEquals(Optional.empty(), WatchdogDevice.problem(device), "it would hang if it were opened");
        assertTrue(WatchdogDevice.remedy(device).contains("the right to write to " + device));
    }
}
