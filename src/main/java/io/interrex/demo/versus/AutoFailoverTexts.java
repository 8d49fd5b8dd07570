package io.interrex.demo.versus;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes the commands of pg_auto_failover, as its documentation has them, and the wires of its client. */
final class AutoFailoverTexts {

    static final int FIRST_WIRE = 5001;

    private AutoFailoverTexts() {}

    static List<String> createMonitor(String program, Path data, String address) {
        return List.of(
                program,
                "create",
                "monitor",
                "--pgdata=" + data,
                "--pgport=" + PeerHosts.PG_PORT,
                "--hostname=" + address,
                "--auth=trust",
                "--no-ssl");
    }

    static List<String> createNode(String program, String name, Path data, String address, String monitor) {
        return List.of(
                program,
                "create",
                "postgres",
                "--pgdata=" + data,
                "--pgport=" + PeerHosts.PG_PORT,
                "--hostname=" + address,
                "--name=" + name,
                "--auth=trust",
                "--no-ssl",
                "--monitor=postgres://autoctl_node@" + monitor + ":" + PeerHosts.PG_PORT + "/pg_auto_failover");
    }

    static List<String> run(String program, Path data) {
        return List.of(program, "run", "--pgdata=" + data);
    }

    /**
     * HAProxy that decides nothing: a port per member, on the host of the client, so that whatever breaks between that host and
     * a member breaks for the client. The client itself has all of them in its connection string.
     */
    static String wires(Map<String, String> members) {
        int[] port = {FIRST_WIRE};
        return """
                global
                    maxconn 300
                defaults
                    mode tcp
                    retries 0
                    timeout client 30m
                    timeout connect 300ms
                    timeout server 30m
                """
                + members.entrySet().stream()
                        .map(member -> """
                        listen %1$s
                            bind *:%2$d
                            server %1$s %3$s:%4$d
                        """.formatted(member.getKey(), port[0]++, member.getValue(), PeerHosts.PG_PORT))
                        .collect(Collectors.joining());
    }
}
