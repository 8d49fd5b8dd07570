package io.interrex.lab;

import io.interrex.lab.LabSpec.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Decides how a process sheds rights: to the laboratory's user, where that exists here, and to the capabilities asked for. */
final class Privileges {

    private static final String NONE = "-all";
    private static final String NET_ADMIN = "-all,+net_admin";

    private Privileges() {}

    /** {@code argv} without any right but changing its own network. */
    static List<String> networkOnly(User user, List<String> argv) {
        return shed(user, NET_ADMIN, argv);
    }

    /** {@code argv} as an ordinary user. */
    static List<String> none(User user, List<String> argv) {
        return shed(user, NONE, argv);
    }

    private static List<String> shed(User user, String capabilities, List<String> argv) {
        List<String> all = new ArrayList<>(List.of("setpriv"));
        if (isRoot() && isMapped(user.uid())) {
            all.addAll(List.of("--reuid=" + user.uid(), "--regid=" + user.gid(), "--clear-groups"));
        }
        if (hasCapabilities()) {
            all.addAll(List.of(
                    "--inh-caps=" + capabilities, "--ambient-caps=" + capabilities, "--bounding-set=" + capabilities));
        }
        all.add("--no-new-privs");
        all.add("--");
        all.addAll(argv);
        return all;
    }

    static boolean isRoot() {
        return Integer.valueOf(0).equals(attributeOfSelf("unix:uid"));
    }

    private static Object attributeOfSelf(String name) {
        try {
            return Files.getAttribute(Path.of("/proc/self"), name);
        } catch (IOException e) {
            throw new LabException("/proc/self cannot be read: " + e.getMessage(), e);
        }
    }

    /** Inside a user namespace only some users exist. */
    private static boolean isMapped(int uid) {
        return lines("/proc/self/uid_map").stream().anyMatch(line -> {
            String[] range = line.strip().split("\\s+");
            long first = Long.parseLong(range[0]);
            return uid >= first && uid < first + Long.parseLong(range[2]);
        });
    }

    private static boolean hasCapabilities() {
        return lines("/proc/self/status").stream()
                .filter(line -> line.startsWith("CapEff:"))
                .anyMatch(line -> !line.substring("CapEff:".length()).strip().matches("0+"));
    }

    static List<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of(file));
        } catch (IOException e) {
            throw new LabException(file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
