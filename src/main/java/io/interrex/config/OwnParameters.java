package io.interrex.config;

import java.util.Locale;
import java.util.Set;

/** The parameters of PostgreSQL on which promises rest; Interrex sets them and nobody else. */
public final class OwnParameters {

    private static final Set<String> NAMES = Set.of(
            "data_directory",
            "config_file",
            "archive_mode",
            "data_sync_retry",
            "hba_file",
            "ident_file",
            "external_pid_file",
            "listen_addresses",
            "port",
            "unix_socket_directories",
            "synchronous_standby_names",
            "synchronous_commit",
            "superuser_reserved_connections",
            "primary_conninfo",
            "primary_slot_name",
            "restore_command",
            "recovery_end_command",
            "promote_trigger_file",
            "hot_standby",
            "wal_level",
            "wal_log_hints",
            "wal_retrieve_retry_interval",
            "wal_receiver_timeout",
            "fsync",
            "full_page_writes",
            "restart_after_crash",
            "cluster_name",
            "max_wal_senders",
            "max_replication_slots");

    /** Of max_connections so many are the agent's (superuser_reserved_connections); PostgreSQL starts with no fewer than one more. */
    static final int KEPT_CONNECTIONS = 8;

    private OwnParameters() {}

    /** It goes into the server's file and command line as it is. */
    static boolean isName(String name) {
        return name.matches("[A-Za-z_][A-Za-z0-9_$]*(\\.[A-Za-z_][A-Za-z0-9_$]*)*");
    }

    static boolean tooFewConnections(String name, String value) {
        return name.toLowerCase(Locale.ROOT).equals("max_connections")
                && value.matches("\\d{1,9}")
                && Integer.parseInt(value) <= KEPT_CONNECTIONS;
    }

    /** Whether the file may not set it. */
    public static boolean contains(String name) {
        String key = name.toLowerCase(Locale.ROOT);
        return NAMES.contains(key) || key.startsWith("recovery_target");
    }
}
