package io.interrex.demo;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes the configuration file of a demo: three voters with a member each, and an edge node with a router. */
final class ConfigText {

    private ConfigText() {}

    /**
     * @param layout of the hosts
     * @param addresses gives the address of a host
     * @param pgBin directory of PostgreSQL's programs, or {@code auto}
     */
    static String of(
            Places places,
            List<String> members,
            String edge,
            Layout layout,
            UnaryOperator<String> addresses,
            String profile,
            String pgBin) {
        String nodes = Stream.concat(members.stream(), layout.witnesses().stream())
                .map(node -> "  %s { host = %s, zone = z-%s }\n".formatted(node, addresses.apply(node), node))
                .collect(Collectors.joining());
        String data = members.stream()
                .map(node -> "      %s { data = \"%s/{node}/pg\" }\n"
                        .formatted(node, places.base().resolve("hosts")))
                .collect(Collectors.joining());
        Map<String, String> values = Map.of(
                "PROFILE", profile,
                "EDGE", edge,
                "ADDRESS", addresses.apply(edge),
                "PG_BIN", pgBin,
                "K", String.valueOf(layout.k()),
                "BASE", places.base().toString(),
                "NOTICES", places.notices().toString(),
                "NODES", nodes.stripTrailing(),
                "DATA", data.stripTrailing());
        return TEMPLATE.lines().map(line -> fill(line, values)).collect(Collectors.joining("\n", "", "\n"));
    }

    private static String fill(String line, Map<String, String> values) {
        String filled = line;
        for (Map.Entry<String, String> value : values.entrySet()) {
            filled = filled.replace("<" + value.getKey() + ">", value.getValue());
        }
        return filled;
    }

    private static final String TEMPLATE = """
            # Made by deploy/demo, the same file for all nodes. Every key: interrex config check --config FILE
            cluster.name = demo
            profile = <PROFILE>
            nodes {
            <NODES>
              <EDGE> { host = <ADDRESS>, zone = z-<EDGE>, edge = true }
            }
            groups.main {
              k = <K>
              members {
            <DATA>
              }
              # A story breaks more in an hour than a year does.
              failover { failovers-max = 1000, restarts-max = 1000 }
              postgres {
                bin = "<PG_BIN>"
                parameters { shared_buffers = 32MB, max_wal_size = 256MB }
              }
            }
            routers.haproxy { group = main, nodes = [<EDGE>], bind = <ADDRESS>, write-port = 5000, read-port = 5001 }
            routers.pgbouncer { kind = pgbouncer, group = main, nodes = [<EDGE>], bind = <ADDRESS>, write-port = 6432 }
            notify.commands.told { run = [/usr/bin/tee, -a, "<NOTICES>"], from = info }
            directories {
              state = "<BASE>/hosts/{node}/state"
              run = "<BASE>/hosts/{node}/run"
              secrets = "<BASE>/secrets"
              log = "<BASE>/hosts/{node}/log"
            }
            # The demo's network is its own: nobody else reaches it.
            security.insecure = true
            """;
}
