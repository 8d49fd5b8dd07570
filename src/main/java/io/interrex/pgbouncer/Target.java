package io.interrex.pgbouncer;

import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.routing.RoutePlan;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where one of PgBouncer's databases leads.
 *
 * @param database of the server
 * @param hosts in order; none: closed, clients wait
 */
record Target(String database, List<String> hosts, int port) {

    private static final Logger LOG = LoggerFactory.getLogger(Target.class);

    /** A file of this name is never made: nothing answers there. */
    private static final String NOWHERE = "closed";

    private static final int NOWHERE_PORT = 1;

    Target {
        hosts = List.copyOf(hosts);
    }

    boolean isClosed() {
        return hosts.isEmpty();
    }

    /** What the plan makes of every database that is served. */
    static Map<String, Target> of(PgbouncerSettings settings, RoutePlan plan) {
        String writer = plan.writer();
        var targets = new LinkedHashMap<String, Target>();
        for (String database : settings.databases()) {
            targets.put(database, of(settings, database, writer == null ? List.of() : List.of(writer)));
            targets.put(database + PgbouncerSettings.READ_SUFFIX, of(settings, database, plan.readers()));
        }
        return targets;
    }

    /** An entry has one port: of readers with several, the most that share one take reads, the lowest port first. */
    private static Target of(PgbouncerSettings settings, String database, Collection<String> names) {
        var byPort = new TreeMap<Integer, List<String>>();
        for (MemberInfo member : settings.members()) {
            if (names.contains(member.name())) {
                byPort.computeIfAbsent(member.port(), port -> new ArrayList<>()).add(member.host());
            }
        }
        return byPort.entrySet().stream()
                .max(Comparator.comparingInt((Map.Entry<Integer, List<String>> e) ->
                                e.getValue().size())
                        .thenComparing(e -> -e.getKey()))
                .map(e -> new Target(database, e.getValue(), e.getKey()))
                .orElseGet(() -> new Target(database, List.of(), NOWHERE_PORT));
    }

    /** As SHOW DATABASES gives it. */
    String host(Path runtimeDir) {
        return isClosed() ? runtimeDir.resolve(NOWHERE).toString() : String.join(",", hosts);
    }

    String line(String name, Path runtimeDir) {
        return "%s = host=%s port=%d dbname=%s%n".formatted(name, host(runtimeDir), port, database);
    }

    /** Addresses and ports to which server connections may stand; a name that does not resolve has none. */
    Set<String> allowed() {
        var allowed = new HashSet<String>();
        for (String host : hosts) {
            try {
                for (InetAddress address : InetAddress.getAllByName(host)) {
                    allowed.add(address.getHostAddress() + " " + port);
                }
            } catch (UnknownHostException e) {
                LOG.debug("{} does not resolve: {}", host, e.getMessage());
            }
        }
        return allowed;
    }
}
