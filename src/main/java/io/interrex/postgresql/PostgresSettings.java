package io.interrex.postgresql;

import io.interrex.cluster.port.Database.Upstream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one member's server is set up on this host.
 *
 * @param group name of the group, shown in process titles
 * @param member name of the member; also its application_name and, with a prefix, its slot
 * @param home directory that Interrex owns for this member: data, configuration, log, archived WAL
 * @param binaries directory of {@code postgres}, {@code initdb} and the other tools
 * @param host address that clients and peers use; the server listens there and, unless it is a loopback address, on
 *     127.0.0.1
 * @param secrets directory of the password files, the same on all nodes
 * @param peers the other members by name
 * @param replicationNetworks pg_hba.conf address patterns that replication may come from
 * @param clientRules lines of pg_hba.conf for clients, in force while clients are admitted
 * @param application role and database made at the group's creation, null for none
 * @param walKeptMiB wal_keep_size: what a standby that was away finds without its slot
 * @param slotWalMaxMiB max_slot_wal_keep_size: more than this is not kept for a dead standby
 * @param cloneRateKiB most KiB per second that a clone reads from its upstream, 0 for no limit
 * @param keptWal bounds of the divergent WAL that is kept
 * @param parameters further settings of PostgreSQL, by name
 * @param logical logical slots may be made (wal_level)
 */
public record PostgresSettings(
        String group,
        String member,
        Path home,
        Path binaries,
        String host,
        int port,
        Path secrets,
        Map<String, Upstream> peers,
        List<String> replicationNetworks,
        List<String> clientRules,
        @Nullable Application application,
        int walKeptMiB,
        int slotWalMaxMiB,
        int cloneRateKiB,
        KeptWalLimits keptWal,
        Map<String, String> parameters,
        ReplicationPath replication,
        boolean logical,
        Limits limits) {

    /** Login of the agent: a superuser that may come from its own host only. */
    public static final String ADMIN_ROLE = "interrex_admin";

    /** Login of standbys and clones. */
    public static final String REPLICATION_ROLE = "interrex_replication";

    /** Login of pg_rewind: may read files of the server, sizes and the markers, nothing else. */
    public static final String REWIND_ROLE = "interrex_rewind";

    /** Database that holds the schema {@code interrex}. */
    public static final String DATABASE = "interrex";

    public static final String SLOT_PREFIX = "interrex_";

    public PostgresSettings {
        peers = Map.copyOf(peers);
        replicationNetworks = List.copyOf(replicationNetworks);
        clientRules = List.copyOf(clientRules);
        parameters = Map.copyOf(parameters);
        for (String name : peers.keySet()) {
            requireName(name);
        }
        requireName(member);
    }

    /** With everything that a person need not choose. */
    public static PostgresSettings of(
            String group,
            String member,
            Path home,
            Path binaries,
            String host,
            int port,
            Path secrets,
            Map<String, Upstream> peers) {
        return new PostgresSettings(
                group,
                member,
                home,
                binaries,
                host,
                port,
                secrets,
                peers,
                List.of("all"),
                List.of("host all all all scram-sha-256"),
                null,
                256,
                4096,
                0,
                KeptWalLimits.DEFAULT,
                Map.of(),
                ReplicationPath.SHARED,
                false,
                Limits.DEFAULT);
    }

    /** A role and the database that it owns. */
    public record Application(String role, String database) {
        public Application {
            requireName(role);
            requireName(database);
        }
    }

    /**
     * The longest that the adapter waits for something.
     *
     * @param status one look at the server
     * @param sql an ordinary statement
     * @param detach until a standby takes no WAL any more
     * @param promote until a promoted standby has left recovery
     * @param start until a started server accepts connections
     * @param senders until every sender uses a new commit rule
     * @param kill until no process is left
     * @param tool a local tool (initdb, pg_controldata, pg_waldump)
     * @param copy pg_basebackup and pg_rewind
     */
    public record Limits(
            Duration status,
            Duration sql,
            Duration detach,
            Duration promote,
            Duration start,
            Duration senders,
            Duration kill,
            Duration tool,
            Duration copy) {

        public static final Limits DEFAULT = new Limits(
                Duration.ofMillis(600),
                Duration.ofSeconds(3),
                Duration.ofSeconds(3),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(3),
                Duration.ofSeconds(5),
                Duration.ofSeconds(60),
                Duration.ofHours(12));
    }

    public PostgresSettings withApplication(Application wanted) {
        Draft draft = new Draft(this);
        draft.application = wanted;
        return draft.made();
    }

    public PostgresSettings withCloneRateKiB(int wanted) {
        Draft draft = new Draft(this);
        draft.cloneRateKiB = wanted;
        return draft.made();
    }

    public PostgresSettings withKeptWal(KeptWalLimits wanted) {
        Draft draft = new Draft(this);
        draft.keptWal = wanted;
        return draft.made();
    }

    public PostgresSettings withParameters(Map<String, String> wanted) {
        Draft draft = new Draft(this);
        draft.parameters = wanted;
        return draft.made();
    }

    public PostgresSettings withClientRules(List<String> wanted) {
        Draft draft = new Draft(this);
        draft.clientRules = wanted;
        return draft.made();
    }

    public PostgresSettings withReplication(ReplicationPath wanted) {
        Draft draft = new Draft(this);
        draft.replication = wanted;
        return draft.made();
    }

    public PostgresSettings withLogical(boolean wanted) {
        Draft draft = new Draft(this);
        draft.logical = wanted;
        return draft.made();
    }

    /** All roles that need a password file. */
    public List<String> roles() {
        return roles(application == null ? null : application.role());
    }

    /** @param application its role; null: none */
    public static List<String> roles(@Nullable String application) {
        var roles = new ArrayList<>(List.of(ADMIN_ROLE, REPLICATION_ROLE, REWIND_ROLE));
        if (application != null) {
            roles.add(application);
        }
        return roles;
    }

    public Path data() {
        return home.resolve("data");
    }

    /** Where a new data directory is made before it takes the place of the old one. */
    Path staging() {
        return home.resolve("data.new");
    }

    /** The old data directory while the new one takes its place. */
    Path replaced() {
        return home.resolve("data.old");
    }

    public Path archivedWal() {
        return home.resolve("diverged");
    }

    Path configFile() {
        return home.resolve("conf").resolve("interrex.conf");
    }

    Path hbaFile() {
        return home.resolve("conf").resolve("pg_hba.conf");
    }

    Path passFile() {
        return home.resolve("conf").resolve("pgpass");
    }

    public Path log() {
        return home.resolve("log");
    }

    /** Exists while the data directory is being replaced or rewound; says by what. */
    Path incomplete() {
        return home.resolve("incomplete");
    }

    String tool(String name) {
        return binaries.resolve(name).toString();
    }

    static String slotOf(String member) {
        return SLOT_PREFIX + member;
    }

    /** Where the agent connects: never over a wire that may be cut. */
    String adminHost() {
        return isLoopback() ? host : "127.0.0.1";
    }

    String listenAddresses() {
        String all = isLoopback() ? host : host + ",127.0.0.1";
        return replication.own() == null ? all : all + "," + replication.own();
    }

    private boolean isLoopback() {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static void requireName(String name) {
        if (!name.matches("[a-z][a-z0-9_]{0,50}")) {
            throw new IllegalArgumentException(
                    "'" + name
                            + "' cannot name a member, role or database: use a lower-case letter, then at most 50 lower-case letters, digits and '_'");
        }
    }

    /** The one place that copies all of it, for the {@code with} methods. */
    private static final class Draft {
        private final String group;
        private final String member;
        private final Path home;
        private final Path binaries;
        private final String host;
        private final int port;
        private final Path secrets;
        private final Map<String, Upstream> peers;
        private final List<String> replicationNetworks;
        private List<String> clientRules;
        private @Nullable Application application;
        private final int walKeptMiB;
        private final int slotWalMaxMiB;
        private int cloneRateKiB;
        private KeptWalLimits keptWal;
        private Map<String, String> parameters;
        private ReplicationPath replication;
        private boolean logical;
        private final Limits limits;

        Draft(PostgresSettings from) {
            group = from.group;
            member = from.member;
            home = from.home;
            binaries = from.binaries;
            host = from.host;
            port = from.port;
            secrets = from.secrets;
            peers = from.peers;
            replicationNetworks = from.replicationNetworks;
            clientRules = from.clientRules;
            application = from.application;
            walKeptMiB = from.walKeptMiB;
            slotWalMaxMiB = from.slotWalMaxMiB;
            cloneRateKiB = from.cloneRateKiB;
            keptWal = from.keptWal;
            parameters = from.parameters;
            replication = from.replication;
            logical = from.logical;
            limits = from.limits;
        }

        PostgresSettings made() {
            return new PostgresSettings(
                    group,
                    member,
                    home,
                    binaries,
                    host,
                    port,
                    secrets,
                    peers,
                    replicationNetworks,
                    clientRules,
                    application,
                    walKeptMiB,
                    slotWalMaxMiB,
                    cloneRateKiB,
                    keptWal,
                    parameters,
                    replication,
                    logical,
                    limits);
        }
    }
}
