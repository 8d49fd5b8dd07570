package io.interrex.haproxy;

import io.interrex.cluster.group.MemberInfo;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Says where one group's HAProxy listens and how it behaves. Checked when made, so that nothing from a configuration file
 * can add a line to HAProxy's.
 *
 * @param binary path of the program, or a name to look for on the PATH and in /usr/sbin
 * @param runtimeDir private to this router; holds the configuration and the socket; made if absent
 * @param write clients that write connect here
 * @param read clients that only read connect here
 * @param connectionsMax on each of the two ports; more wait in the kernel's queue
 * @param connectTimeout until a member counts as unreachable for this connection
 * @param idleMax a connection without traffic for so long is closed
 * @param callMax longest wait for one answer of the runtime socket; a plan needs two
 */
public record HaproxySettings(
        String binary,
        Path runtimeDir,
        String group,
        List<MemberInfo> members,
        Listen write,
        Listen read,
        Ownership ownership,
        int connectionsMax,
        Duration connectTimeout,
        Duration idleMax,
        Duration callMax) {

    /** An address of this host and a port. */
    public record Listen(String host, int port) {}

    /** Whose child HAProxy is. */
    public enum Ownership {
        /** This node's: started with it, dies with it, restarted when it died. */
        CHILD,
        /** Somebody else's: it runs already with the configuration that {@link HaproxyRouter#render} gives. */
        ADOPTED
    }

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,63}");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_.:%-]{1,255}");

    /** HAProxy binds a temporary name first: the path, a process id and a suffix; sun_path holds 107 bytes. */
    private static final int SOCKET_PATH_MAX = 90;

    /** A plan is one line of commands, and a line holds 16 KiB. */
    private static final int MEMBERS_MAX = 32;

    public HaproxySettings {
        members = List.copyOf(members);
        runtimeDir = runtimeDir.toAbsolutePath();
        requireName("group", group);
        var names = new HashSet<String>();
        for (MemberInfo member : members) {
            requireName("member", member.name());
            requireAddress("member " + member.name(), member.host(), member.port());
            if (!names.add(member.name())) {
                throw new HaproxyException(
                        "member %s of group %s is named twice; give each its own name".formatted(member.name(), group));
            }
        }
        if (members.isEmpty() || members.size() > MEMBERS_MAX) {
            throw new HaproxyException(
                    "group %s has %d members; HAProxy routes to 1 to %d".formatted(group, members.size(), MEMBERS_MAX));
        }
        requireAddress("write port", write.host(), write.port());
        requireAddress("read port", read.host(), read.port());
        if (write.port() == read.port() && write.host().equals(read.host())) {
            throw new HaproxyException("the write port and the read port of group %s are both %s:%d; choose two"
                    .formatted(group, write.host(), write.port()));
        }
        if (connectionsMax < 1 || connectionsMax > 100_000) {
            throw new HaproxyException(
                    "group %s: %d connections at a time are not within 1 and 100000".formatted(group, connectionsMax));
        }
        requirePositive(group, "connect-timeout", connectTimeout);
        requirePositive(group, "idle-max", idleMax);
        requirePositive(group, "call-max", callMax);
        String socket = runtimeDir.resolve(HaproxyConfig.SOCKET).toString();
        if (socket.getBytes(StandardCharsets.UTF_8).length > SOCKET_PATH_MAX || !socket.matches("[\\w/.-]+")) {
            throw new HaproxyException(
                    "the runtime socket %s needs a path of at most %d letters, digits and /._-; choose another runtime directory"
                            .formatted(socket, SOCKET_PATH_MAX));
        }
    }

    /** Started by this node, with bounds that suit hosts of one site. */
    public static HaproxySettings of(
            String group, List<MemberInfo> members, Path runtimeDir, Listen write, Listen read) {
        return new HaproxySettings(
                "haproxy",
                runtimeDir,
                group,
                members,
                write,
                read,
                Ownership.CHILD,
                1000,
                Duration.ofMillis(300),
                Duration.ofHours(12),
                Duration.ofMillis(500));
    }

    public HaproxySettings withBinary(String other) {
        return with(other, members, ownership);
    }

    public HaproxySettings withOwnership(Ownership other) {
        return with(binary, members, other);
    }

    HaproxySettings withMembers(List<MemberInfo> others) {
        return with(binary, others, ownership);
    }

    Path socket() {
        return runtimeDir.resolve(HaproxyConfig.SOCKET);
    }

    private HaproxySettings with(String otherBinary, List<MemberInfo> otherMembers, Ownership otherOwnership) {
        return new HaproxySettings(
                otherBinary,
                runtimeDir,
                group,
                otherMembers,
                write,
                read,
                otherOwnership,
                connectionsMax,
                connectTimeout,
                idleMax,
                callMax);
    }

    private static void requireName(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new HaproxyException(
                    "%s name '%s' cannot be used in HAProxy's configuration; use 1 to 63 letters, digits, _, . and -"
                            .formatted(what, name));
        }
    }

    private static void requireAddress(String what, String host, int port) {
        if (!HOST.matcher(host).matches() || port < 1 || port > 65_535) {
            throw new HaproxyException("%s: '%s' and %d are no address and port; the port is within 1 and 65535"
                    .formatted(what, host, port));
        }
    }

    private static void requirePositive(String group, String what, Duration value) {
        if (value.toMillis() < 1 || value.compareTo(Duration.ofDays(20)) > 0) {
            throw new HaproxyException("group %s: %s %s is not within 1 ms and 20 days".formatted(group, what, value));
        }
    }
}
