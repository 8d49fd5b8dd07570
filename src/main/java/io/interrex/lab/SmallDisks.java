package io.interrex.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes a directory a file system of its own that is soon full, in memory; its source, {@code ixr<pid of the owner>-disk}, says
 * whose it is. What it holds is gone with it.
 */
final class SmallDisks {

    /** The fields of proc_pid_mountinfo(5) that count: mount point, file system, source. */
    private static final Pattern OURS = Pattern.compile("\\d+ \\d+ \\S+ \\S+ (\\S+) .* - tmpfs ixr(\\d+)-disk .*");

    private SmallDisks() {}

    /** Mounts over a directory that is there. */
    static void mount(Path directory, long bytes) {
        Shell.run(
                "mount",
                "-t",
                "tmpfs",
                "-o",
                "size=" + bytes + ",mode=0700",
                "ixr" + ProcessHandle.current().pid() + "-disk",
                directory.toString());
    }

    /** Unmounts those of this process; nothing may run on them any more. */
    static void unmount() {
        unmountOf(owner -> owner == ProcessHandle.current().pid());
    }

    /** Unmounts those whose owners live no more. */
    static void sweep() {
        unmountOf(owner -> !Files.exists(Path.of("/proc", String.valueOf(owner))));
    }

    private static void unmountOf(LongPredicate owners) {
        for (String line : Privileges.lines("/proc/self/mountinfo").reversed()) {
            Matcher ours = OURS.matcher(line);
            if (ours.matches() && owners.test(Long.parseLong(ours.group(2)))) {
                Shell.run("umount", unescaped(ours.group(1)));
            }
        }
    }

    /** Blanks and the like are octal there. */
    private static String unescaped(String path) {
        return Pattern.compile("\\\\(\\d{3})")
                .matcher(path)
                .replaceAll(
                        octal -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(octal.group(1), 8))));
    }
}
