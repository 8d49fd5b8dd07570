package io.interrex.demo.versus;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes the configuration of Patroni, etcd's cluster and HAProxy, as Patroni's documentation has them. */
final class PatroniTexts {

    static final int REST_PORT = 8008;
    static final int ETCD_PORT = 2379;
    static final int ETCD_PEER_PORT = 2380;
    static final int WRITE_PORT = 5000;
    static final String SUPERUSER = "postgres";
    static final String PASSWORD = "only-in-the-laboratory";

    private PatroniTexts() {}

    /**
     * How fast it is told to be.
     *
     * @param ttlS of the leader's key
     * @param checks when HAProxy asks a member, and how often before it believes
     * @param connect HAProxy's time for a connection
     */
    enum Speed {
        /** What Patroni and the HAProxy configuration in its documentation have by themselves. */
        DEFAULT("default", 30, 10, 10, "inter 3s fall 3 rise 2", "4s"),
        /** The lowest that Patroni's documentation allows. */
        FAST("fast", 20, 1, 3, "inter 250ms fall 2 rise 1", "300ms");

        private final String word;
        private final int ttlS;
        private final int loopWaitS;
        private final int retryTimeoutS;
        private final String checks;
        private final String connect;

        Speed(String word, int ttlS, int loopWaitS, int retryTimeoutS, String checks, String connect) {
            this.word = word;
            this.ttlS = ttlS;
            this.loopWaitS = loopWaitS;
            this.retryTimeoutS = retryTimeoutS;
            this.checks = checks;
            this.connect = connect;
        }

        String word() {
            return word;
        }
    }

    /**
     * The file of one member.
     *
     * @param etcd addresses of all etcd
     * @param home a directory of the member's own
     */
    static String patroni(String name, String address, Iterable<String> etcd, Path home, Path pgBin, Speed speed) {
        var stores = new StringBuilder();
        etcd.forEach(store -> stores.append("    - ")
                .append(store)
                .append(':')
                .append(ETCD_PORT)
                .append('\n'));
        return """
                scope: versus
                name: %1$s
                restapi:
                  listen: %2$s:%3$d
                  connect_address: %2$s:%3$d
                etcd3:
                  hosts:
                %4$sbootstrap:
                  dcs:
                    ttl: %5$d
                    loop_wait: %6$d
                    retry_timeout: %7$d
                    synchronous_mode: true
                    postgresql:
                      use_pg_rewind: true
                  initdb:
                    - encoding: UTF8
                    - data-checksums
                """.formatted(name, address, REST_PORT, stores, speed.ttlS, speed.loopWaitS, speed.retryTimeoutS)
                + """
                postgresql:
                  listen: %1$s:%2$d
                  connect_address: %1$s:%2$d
                  data_dir: %3$s/data
                  bin_dir: %4$s
                  pgpass: %3$s/pgpass
                  authentication:
                    superuser: {username: %5$s, password: %6$s}
                    replication: {username: replicator, password: %6$s}
                    rewind: {username: rewinder, password: %6$s}
                  parameters:
                    unix_socket_directories: %3$s
                  pg_hba:
                    - local all all trust
                    - host all all all scram-sha-256
                    - host replication replicator all scram-sha-256
                """.formatted(address, PeerHosts.PG_PORT, home, pgBin, SUPERUSER, PASSWORD);
    }

    /** etcd's {@code --initial-cluster}. */
    static String etcdCluster(Map<String, String> addresses) {
        return addresses.entrySet().stream()
                .map(host -> host.getKey() + "=http://" + host.getValue() + ":" + ETCD_PEER_PORT)
                .collect(Collectors.joining(","));
    }

    static String haproxy(Map<String, String> members, Speed speed) {
        String servers = members.entrySet().stream()
                .map(member -> "    server %s %s:%d maxconn 100 check port %d%n"
                        .formatted(member.getKey(), member.getValue(), PeerHosts.PG_PORT, REST_PORT))
                .collect(Collectors.joining());
        return """
                global
                    maxconn 300
                defaults
                    mode tcp
                    retries 2
                    timeout client 30m
                    timeout connect %s
                    timeout server 30m
                    timeout check 5s
                listen primary
                    bind *:%d
                    option httpchk OPTIONS /primary
                    http-check expect status 200
                    default-server %s on-marked-down shutdown-sessions
                %s""".formatted(speed.connect, WRITE_PORT, speed.checks, servers);
    }
}
