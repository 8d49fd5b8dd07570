package io.interrex.haproxy;

import io.interrex.cluster.group.MemberInfo;
import io.interrex.persistence.hard.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** Renders HAProxy's configuration for one group: two ports, every server closed. */
final class HaproxyConfig {
    static final String FILE = "haproxy.cfg";
    static final String SOCKET = "admin.sock";
    static final String WRITE = "write";
    static final String READ = "read";
    static final List<String> BACKENDS = List.of(WRITE, READ);

    /**
     * One process and one thread: a plan is one line on the socket, carried out by the thread that also moves the
     * traffic. noreuseport: a second HAProxy on the same ports must fail, not take every other client to servers that
     * nobody controls. retries 0 for writes: there is one server, and a retry on the same one waits up to a second;
     * clients reconnect sooner. Reads go to another server at once.
     */
    private static final String TEMPLATE = """
            # Written by Interrex for group %1$s at each start. Changes made here are lost.
            global
                stats socket %2$s mode 600 level admin
                stats timeout 10s
                maxconn %3$d
                nbthread 1
                noreuseport
                hard-stop-after 1s

            defaults
                mode tcp
                maxconn %4$d
                timeout connect %5$dms
                timeout client %6$dms
                timeout server %6$dms
                timeout queue %5$dms
                timeout client-fin 1s
                timeout server-fin 1s
                option clitcpka
                option srvtcpka
                option redispatch 1
                retries 0
                # No health checks: Interrex decides, and a second opinion could only disagree with the log.
                # disabled: nobody is reachable until a plan says so.
                default-server on-marked-down shutdown-sessions init-addr libc,none disabled

            listen write
                bind %7$s
            %9$s
            listen read
                bind %8$s
                balance leastconn
                retries 1
            %9$s""";

    private HaproxyConfig() {}

    static String render(HaproxySettings settings) {
        int socketConnections = 20;
        return TEMPLATE.formatted(
                settings.group(),
                settings.socket(),
                2 * settings.connectionsMax() + socketConnections,
                settings.connectionsMax(),
                settings.connectTimeout().toMillis(),
                settings.idleMax().toMillis(),
                address(settings.write().host(), settings.write().port()),
                address(settings.read().host(), settings.read().port()),
                settings.members().stream().map(HaproxyConfig::server).collect(Collectors.joining()));
    }

    /** For its next start; one that runs has read the one before. */
    static void write(HaproxySettings settings) {
        try {
            WholeFile.write(
                    settings.runtimeDir().resolve(FILE), render(settings).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new HaproxyException(
                    "cannot write HAProxy's configuration into %s: %s; the node's user must own this directory"
                            .formatted(settings.runtimeDir(), e.getMessage()),
                    e);
        }
    }

    private static String server(MemberInfo member) {
        return "    server %s %s%n".formatted(member.name(), address(member));
    }

    static String address(MemberInfo member) {
        return address(member.host(), member.port());
    }

    static String address(String host, int port) {
        return host.contains(":") ? "[%s]:%d".formatted(host, port) : "%s:%d".formatted(host, port);
    }
}
