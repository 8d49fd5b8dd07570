package io.interrex.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the right to change the kernel's rules (CAP_NET_ADMIN) from programs that are not part of this one. A node that is not
 * root's has it as an ambient right, which every child inherits (capabilities(7)); whoever is started with it could open a gate.
 */
public final class GateRight {

    static final Path OWN_STATUS = Path.of("/proc/self/status");

    /** Bit of CAP_NET_ADMIN in linux/capability.h. */
    private static final int CAP_NET_ADMIN = 12;

    private static final String INHERITED = "CapAmb:";

    private GateRight() {}

    /** The options by which setpriv takes it away; all other rights stay. */
    public static List<String> without() {
        return List.of("--inh-caps=-net_admin", "--ambient-caps=-net_admin");
    }

    /**
     * The same program without that right; itself where this process would pass none on.
     *
     * @throws IOException where the right would be passed on and there is no setpriv to take it away
     */
    public static List<String> kept(List<String> command) throws IOException {
        return isInherited(Files.readAllLines(OWN_STATUS)) ? taken(command) : command;
    }

    static List<String> taken(List<String> command) throws IOException {
        Path setpriv = ProgramPath.find("setpriv")
                .orElseThrow(() -> new IOException("there is no setpriv to take CAP_NET_ADMIN from "
                        + command.getFirst() + " (Debian: apt-get install util-linux)"));
        var line = new ArrayList<>(List.of(setpriv.toString()));
        line.addAll(without());
        line.add("--");
        line.addAll(command);
        return line;
    }

    static boolean isInherited(List<String> status) {
        return status.stream()
                .filter(line -> line.startsWith(INHERITED))
                .map(line -> Long.parseUnsignedLong(
                        line.substring(INHERITED.length()).strip(), 16))
                .anyMatch(rights -> (rights >> CAP_NET_ADMIN & 1) == 1);
    }
}
