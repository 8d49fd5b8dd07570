package io.interrex.postgresql;

import io.interrex.cluster.port.Database.Upstream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes the server's configuration, whole and durably, outside the data directory, so that neither pg_rewind nor a clone
 * brings another member's. The data directory's own postgresql.conf is read first; what protects data is decided here or
 * on the command line, and is removed from postgresql.auto.conf, which PostgreSQL reads last.
 */
final class ServerConfiguration {

    /** On the command line, where neither a file nor ALTER SYSTEM reaches. */
    private static final Map<String, String> FIXED = Map.of(
            "fsync", "on",
            "full_page_writes", "on",
            "data_sync_retry", "off",
            "restart_after_crash", "off",
            "hot_standby", "on",
            "archive_mode", "off");

    /** Written here only. */
    private static final Set<String> OWNED = Set.of(
            "primary_conninfo",
            "primary_slot_name",
            "restore_command",
            "recovery_target_timeline",
            "synchronous_standby_names",
            "synchronous_commit",
            "superuser_reserved_connections",
            "wal_level",
            "hba_file",
            "listen_addresses",
            "port",
            "unix_socket_directories",
            "data_directory",
            "config_file");

    private static final String LOGICAL = "logical";

    /** The largest that PostgreSQL takes, in its unit MB. */
    private static final String WAL_KEEP_ALL = "2147483647MB";

    private final PostgresSettings settings;
    private final Secrets secrets;
    private volatile @Nullable ServerRole current;
    private volatile Map<String, String> parameters;
    /** What this process wrote last, or is writing. */
    private volatile String written = "";
    /** Once raised it stays: a server with a logical slot, whosever, does not start with less. */
    private volatile boolean logical;

    private volatile boolean remembered;

    ServerConfiguration(PostgresSettings settings) {
        this.settings = settings;
        this.parameters = settings.parameters();
        this.logical = settings.logical();
        this.secrets = new Secrets(settings.secrets());
    }

    /** Those of a person, from the next write on. */
    void use(Map<String, String> wanted) {
        parameters = Map.copyOf(wanted);
    }

    /** Logical slots may be made, from the next write and start on. */
    void useLogical() {
        logical = true;
    }

    private void remember() throws IOException {
        if (!remembered) {
            String text = DurableFiles.readIfThere(settings.configFile());
            logical |= text != null && hasTaken(text, Map.of("wal_level", LOGICAL));
            remembered = true;
        }
    }

    Map<String, String> parameters() {
        return parameters;
    }

    /** The file is there, and is not what this process would write. */
    boolean isOutdated() throws Trouble {
        try {
            remember();
            String text = DurableFiles.readIfThere(settings.configFile());
            return text != null && !text.equals(written) && !text.equals(render(role()));
        } catch (IOException e) {
            throw Trouble.of("reading " + settings.configFile(), e);
        }
    }

    /** All parameters of a person are in the file already, as they were when a server took them. */
    static boolean hasTaken(String file, Map<String, String> parameters) {
        var lines = file.lines().toList();
        return parameters.entrySet().stream()
                .allMatch(wanted -> lines.contains(line(wanted.getKey(), wanted.getValue())));
    }

    /** A parameter that a person may not set. */
    static boolean isOwned(String name) {
        return FIXED.containsKey(name) || OWNED.contains(name);
    }

    /** What is written after a server's own postgresql.conf, where no other value is configured. */
    boolean decides(String name) {
        var values = new LinkedHashMap<String, String>();
        defaults(values);
        return values.containsKey(name) || isOwned(name);
    }

    ServerRole role() throws Trouble {
        ServerRole known = current;
        if (known != null) {
            return known;
        }
        try {
            ServerRole read = ServerRole.parse(DurableFiles.readIfThere(settings.configFile()));
            current = read;
            return read;
        } catch (IOException e) {
            throw Trouble.of("reading " + settings.configFile(), e);
        }
    }

    /** Durable when this returns; in force after a reload or a start. */
    void write(ServerRole role) throws Trouble {
        try {
            DurableFiles.createPrivateDirectory(
                    settings.configFile().resolveSibling("").normalize());
            DurableFiles.createPrivateDirectory(settings.log());
            DurableFiles.writeIfDifferent(settings.passFile(), passFile(), DurableFiles.SECRET);
            DurableFiles.writeIfDifferent(settings.hbaFile(), hba(role.admitted()), DurableFiles.SECRET);
            remember();
            written = render(role);
            DurableFiles.write(settings.configFile(), written, DurableFiles.SECRET);
            current = role;
            dropOverrides();
        } catch (IOException e) {
            throw Trouble.of(
                    "writing the configuration of member " + settings.member() + " below " + settings.home(), e);
        }
    }

    void writePassFile() throws Trouble {
        try {
            DurableFiles.createPrivateDirectory(
                    settings.configFile().resolveSibling("").normalize());
            DurableFiles.writeIfDifferent(settings.passFile(), passFile(), DurableFiles.SECRET);
        } catch (IOException e) {
            throw Trouble.of("writing " + settings.passFile(), e);
        }
    }

    List<String> commandLine() {
        var argv = new ArrayList<>(List.of(
                settings.tool("postgres"),
                "-D",
                settings.data().toString(),
                "-c",
                "config_file=" + settings.configFile(),
                "-c",
                "hba_file=" + settings.hbaFile()));
        new TreeMap<>(FIXED).forEach((name, value) -> {
            argv.add("-c");
            argv.add(name + "=" + value);
        });
        return argv;
    }

    String connInfo(Upstream upstream) {
        return "host=" + upstream.host()
                + " port=" + upstream.port()
                + " user=" + PostgresSettings.REPLICATION_ROLE
                + " application_name=" + settings.member()
                + " passfile='" + settings.passFile() + "'"
                + " connect_timeout=2 keepalives=1 keepalives_idle=2 keepalives_interval=1 keepalives_count=3"
                + " tcp_user_timeout=5000 sslmode=prefer gssencmode=disable";
    }

    private String hba(boolean open) {
        var lines = new ArrayList<String>();
        lines.add("# Written by Interrex; changes are lost. " + (open ? "Clients are admitted." : "Clients are not."));
        for (String own : List.of("127.0.0.1/32", "::1/128", "samehost")) {
            lines.add("host all " + PostgresSettings.ADMIN_ROLE + " " + own + " scram-sha-256");
        }
        for (String network : settings.replicationNetworks()) {
            lines.add("host replication " + PostgresSettings.REPLICATION_ROLE + " " + network + " scram-sha-256");
            lines.add("host " + PostgresSettings.DATABASE + " " + PostgresSettings.REWIND_ROLE + " " + network
                    + " scram-sha-256");
        }
        lines.add("host all " + PostgresSettings.ADMIN_ROLE + "," + PostgresSettings.REPLICATION_ROLE + ","
                + PostgresSettings.REWIND_ROLE + " all reject");
        if (open) {
            lines.addAll(settings.clientRules());
        }
        lines.add("host all all all reject");
        return String.join("\n", lines) + "\n";
    }

    private String passFile() throws Trouble {
        var text = new StringBuilder();
        for (String role : List.of(PostgresSettings.REPLICATION_ROLE, PostgresSettings.REWIND_ROLE)) {
            String password = secrets.password(role).replace("\\", "\\\\").replace(":", "\\:");
            text.append("*:*:*:").append(role).append(':').append(password).append('\n');
        }
        return text.toString();
    }

    private String render(ServerRole role) {
        var values = new LinkedHashMap<String, String>();
        defaults(values);
        new TreeMap<>(parameters).forEach((name, value) -> {
            if (!isOwned(name)) {
                values.put(name, value);
            }
        });
        owned(values, role);
        var text =
                new StringBuilder("# Written by Interrex; changes are lost. Own settings belong into postgresql.conf of"
                        + " the data directory or into Interrex's configuration.\n");
        text.append(role.toComments());
        text.append("include_if_exists ")
                .append(quoted(settings.data().resolve("postgresql.conf").toString()))
                .append('\n');
        values.forEach((name, value) -> text.append(line(name, value)).append('\n'));
        return text.toString();
    }

    private static String line(String name, String value) {
        return name + " = " + quoted(value);
    }

    private void defaults(Map<String, String> values) {
        values.put("cluster_name", settings.group() + "/" + settings.member());
        values.put("max_wal_senders", "16");
        values.put("max_replication_slots", "16");
        values.put("wal_keep_size", settings.walKeptMiB() + "MB");
        values.put("max_slot_wal_keep_size", settings.slotWalMaxMiB() + "MB");
        values.put("wal_retrieve_retry_interval", "100ms");
        values.put("wal_receiver_timeout", "5s");
        values.put("wal_sender_timeout", "5s");
        values.put("wal_receiver_status_interval", "1s");
        values.put("hot_standby_feedback", "on");
        values.put("tcp_keepalives_idle", "5");
        values.put("tcp_keepalives_interval", "1");
        values.put("tcp_keepalives_count", "3");
        values.put("client_connection_check_interval", "1s");
        values.put("authentication_timeout", "5s");
        // after a crash PostgreSQL flushes its whole directory: one call instead of one for each file
        values.put("recovery_init_sync_method", "syncfs");
        values.put("checkpoint_timeout", "5min");
        values.put("checkpoint_completion_target", "0.9");
        values.put("max_wal_size", "1GB");
        values.put("log_destination", "stderr");
        values.put("logging_collector", "on");
        values.put("log_directory", settings.log().toString());
        values.put("log_filename", "postgresql-%a.log");
        values.put("log_file_mode", "0600");
        values.put("log_rotation_age", "1d");
        values.put("log_rotation_size", "0");
        values.put("log_truncate_on_rotation", "on");
        values.put("log_line_prefix", "%m [%p] %q%u@%d ");
        values.put("log_timezone", "UTC");
        values.put("lc_messages", "C");
        values.put("password_encryption", "scram-sha-256");
    }

    private void owned(Map<String, String> values, ServerRole role) {
        Upstream upstream = role.upstream();
        values.put("listen_addresses", settings.listenAddresses());
        values.put("port", Integer.toString(settings.port()));
        values.put("unix_socket_directories", "");
        values.put("wal_level", logical ? LOGICAL : "replica");
        values.put("synchronous_commit", "on");
        // the agent's sessions, and as many again of a node that has just been started: never the clients'
        values.put("superuser_reserved_connections", "8");
        values.put("synchronous_standby_names", role.synchronousStandbyNames());
        if (role.primary() && role.readOnly()) {
            values.put("default_transaction_read_only", "on");
        }
        values.put("restore_command", "");
        values.put("recovery_target_timeline", "latest");
        values.put("primary_conninfo", upstream == null ? "" : connInfo(upstream));
        values.put("primary_slot_name", upstream == null ? "" : PostgresSettings.slotOf(settings.member()));
        if (!role.primary() && upstream == null) {
            // what only it has must still be there when somebody has looked at its lineage; it gets no more WAL
            values.put("wal_keep_size", WAL_KEEP_ALL);
            values.put("max_standby_streaming_delay", "0");
            values.put("max_standby_archive_delay", "0");
        }
    }

    private void dropOverrides() throws IOException {
        var file = settings.data().resolve("postgresql.auto.conf");
        String text = DurableFiles.readIfThere(file);
        if (text == null || overridesIn(text).isEmpty()) {
            return;
        }
        var kept = new StringBuilder();
        text.lines()
                .filter(line -> !isOwned(nameIn(line)))
                .forEach(line -> kept.append(line).append('\n'));
        DurableFiles.write(file, kept.toString(), DurableFiles.SECRET);
    }

    /** Which of our settings the text of a postgresql.auto.conf tries to decide. */
    static List<String> overridesIn(String text) {
        return text.lines()
                .map(ServerConfiguration::nameIn)
                .filter(OWNED::contains)
                .distinct()
                .toList();
    }

    private static String nameIn(String line) {
        String name = line.strip();
        int end = 0;
        while (end < name.length() && (Character.isLetterOrDigit(name.charAt(end)) || name.charAt(end) == '_')) {
            end++;
        }
        return name.substring(0, end).toLowerCase(java.util.Locale.ROOT);
    }

    private static String quoted(String value) {
        return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'";
    }
}
