package io.interrex.postgresql;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a person can do about a copy or a rewind that failed, by what the tool printed. */
final class Remedies {

    private static final Map<String, String> BY_WORDS = new LinkedHashMap<>();

    static {
        BY_WORDS.put("No space left on device", "make room on this member's disk");
        BY_WORDS.put(
                "password authentication failed",
                "compare the files of the directory of secrets with the other nodes', or set the password with ALTER ROLE");
        BY_WORDS.put("no pg_hba.conf entry", "let this host in at the source");
        BY_WORDS.put(
                "all replication slots are in use", "raise max_replication_slots at the source, or drop slots there");
        BY_WORDS.put("max_wal_senders", "raise max_wal_senders at the source");
        BY_WORDS.put("remaining connection slots are reserved", "raise max_connections at the source");
        BY_WORDS.put(
                "could not find previous WAL record",
                "the WAL since the divergence is gone: only a clone is left; a higher wal_keep_size keeps more");
        BY_WORDS.put("requested WAL segment", "its WAL is gone at the source: a higher wal_keep_size keeps more");
        BY_WORDS.put(
                "data checksums or \"wal_log_hints",
                "only a clone is left; set wal_log_hints = on, or run pg_checksums --enable, for the next time");
    }

    private Remedies() {}

    /** Begins with a separator; empty where none is known. */
    static String of(String printed) {
        return BY_WORDS.entrySet().stream()
                .filter(entry -> printed.contains(entry.getKey()))
                .map(entry -> ". What helps: " + entry.getValue())
                .findFirst()
                .orElse("");
    }
}
