package io.interrex.lab;

import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which hosts a laboratory has, and as whom their processes run.
 *
 * @param hosts names; the first has address n = 1
 * @param user unprivileged user of {@link Lab#process}; ignored where the whole laboratory runs as an ordinary user
 * @param subnet x of the addresses 10.77.x.n
 */
public record LabSpec(List<String> hosts, User user, int subnet) {

    private static final Pattern HOST = Pattern.compile("[a-z][a-z0-9]{0,11}");
    private static final int HOSTS_MAX = 200;

    /** A user and a group of the system, by number. */
    public record User(int uid, int gid) {
        /** The user that owns nothing; every system has it. */
        public static final User NOBODY = new User(65534, 65534);
    }

    public LabSpec {
        hosts = List.copyOf(hosts);
        for (String host : hosts) {
            if (!HOST.matcher(host).matches() || host.equals("lab")) {
                throw new IllegalArgumentException("host name \"" + host
                        + "\" does not fit: a letter, then letters and digits, at most 12, and not \"lab\"");
            }
        }
        if (hosts.isEmpty() || hosts.size() > HOSTS_MAX || new HashSet<>(hosts).size() != hosts.size()) {
            throw new IllegalArgumentException(
                    "a laboratory has 1-" + HOSTS_MAX + " hosts of different names, not " + hosts);
        }
        if (subnet < 0 || subnet > 255) {
            throw new IllegalArgumentException("subnet " + subnet + " is not in 0-255");
        }
    }

    public static LabSpec of(String... hosts) {
        return new LabSpec(List.of(hosts), User.NOBODY, 0);
    }

    public LabSpec as(User newUser) {
        return new LabSpec(hosts, newUser, subnet);
    }

    /** Place of {@code host} in its subnet, from 1. */
    int number(String host) {
        int index = hosts.indexOf(host);
        if (index < 0) {
            throw new IllegalArgumentException("there is no host \"" + host + "\"; the hosts are " + hosts);
        }
        return index + 1;
    }
}
