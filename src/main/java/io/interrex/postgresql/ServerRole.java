package io.interrex.postgresql;

import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.port.Database.Upstream;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server is configured to be; kept as comment lines in its configuration file, so that a restarted agent reads back
 * what is in force.
 *
 * @param primary started or promoted as a primary by its agent
 * @param upstream whom a standby follows, null for nobody
 * @param syncSet a primary's commit rule
 * @param admitted pg_hba.conf lets clients in
 * @param readOnly a primary's clients only read
 */
record ServerRole(boolean primary, @Nullable Upstream upstream, SyncSet syncSet, boolean admitted, boolean readOnly) {

    /**
     * A standby names a synchronous standby that cannot exist: promoted by anybody but its agent, it acknowledges nothing;
     * and one that its agent promotes waits for its standbys from the first commit on, whichever process reads its new
     * configuration last.
     */
    static final String NOBODY = "\"interrex_nobody\"";

    private static final String KEY = "# interrex ";
    private static final String READ_ONLY = "read-only";

    static ServerRole standby(@Nullable Upstream upstream) {
        return new ServerRole(false, upstream, SyncSet.NONE, false, false);
    }

    static ServerRole primary(SyncSet syncSet) {
        return new ServerRole(true, null, syncSet, false, false);
    }

    ServerRole admitting(boolean clients, boolean onlyToRead) {
        return new ServerRole(primary, upstream, syncSet, clients, onlyToRead);
    }

    ServerRole following(Upstream other) {
        return new ServerRole(false, other, syncSet, admitted, false);
    }

    ServerRole withRule(SyncSet other) {
        return new ServerRole(true, null, other, admitted, readOnly);
    }

    String synchronousStandbyNames() {
        return primary ? namesOf(syncSet) : NOBODY;
    }

    static String namesOf(SyncSet syncSet) {
        if (syncSet.k() == 0) {
            return "";
        }
        var quoted = syncSet.standbys().stream().map(name -> '"' + name + '"').toList();
        return "ANY " + syncSet.k() + " (" + String.join(", ", quoted) + ")";
    }

    String toComments() {
        var text = new StringBuilder(KEY + "role " + (primary ? "primary" : "standby") + "\n");
        if (upstream != null) {
            text.append(KEY + "upstream ")
                    .append(upstream.member())
                    .append(' ')
                    .append(upstream.host())
                    .append(' ')
                    .append(upstream.port())
                    .append('\n');
        }
        text.append(KEY + "sync ").append(syncSet.k());
        syncSet.standbys().forEach(name -> text.append(' ').append(name));
        return text.append("\n" + KEY + "admitted ")
                .append(admitted)
                .append('\n')
                .append(readOnly ? KEY + READ_ONLY + "\n" : "")
                .toString();
    }

    /** Reads {@link #toComments} back; a standby of nobody where there is nothing to read. */
    static ServerRole parse(@Nullable String configuration) {
        boolean primary = false;
        boolean admitted = false;
        boolean readOnly = false;
        Upstream upstream = null;
        SyncSet syncSet = SyncSet.NONE;
        if (configuration != null) {
            for (String line :
                    configuration.lines().filter(l -> l.startsWith(KEY)).toList()) {
                List<String> words = Arrays.asList(line.substring(KEY.length()).split(" ", -1));
                switch (words.getFirst()) {
                    case "role" -> primary = words.get(1).equals("primary");
                    case "upstream" ->
                        upstream = new Upstream(words.get(1), words.get(2), Integer.parseInt(words.get(3)));
                    case "sync" -> syncSet = SyncSet.of(Integer.parseInt(words.get(1)), words.subList(2, words.size()));
                    case READ_ONLY -> readOnly = true;
                    case "admitted" -> admitted = Boolean.parseBoolean(words.get(1));
                    default ->
                        throw new IllegalArgumentException("unknown line in the server's configuration: " + line);
                }
            }
        }
        return new ServerRole(primary, upstream, syncSet, admitted, readOnly);
    }
}
