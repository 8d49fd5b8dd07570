package io.interrex.fencing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/** Says why the guard of this user could not feed a watchdog; nothing is opened, since opening one starts it. */
public final class WatchdogDevice {

    private WatchdogDevice() {}

    /** Empty: nothing is wrong with it. */
    public static Optional<String> problem(Path device) {
        try {
            if (!Files.readAttributes(device, BasicFileAttributes.class).isOther()) {
                return Optional.of("is no device");
            }
        } catch (NoSuchFileException e) {
            return Optional.of("does not exist");
        } catch (IOException e) {
            return Optional.of("cannot be looked at: " + e.getMessage());
        }
        return Files.isWritable(device) ? Optional.empty() : Optional.of("cannot be written by this user");
    }

    /** What a person does about it. */
    public static String remedy(Path device) {
        return "Load the watchdog's driver (modprobe softdog where there is no hardware), give the node's user the right to write to "
                + device
                + " (a udev rule; in its unit PrivateDevices=no and DeviceAllow=), stop whatever else feeds it (RuntimeWatchdogSec= of systemd), or remove fencing.watchdog";
    }
}
