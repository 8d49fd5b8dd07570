package io.interrex.config;

import io.interrex.cluster.settings.Digest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides what of a configuration file that was read again may take effect while the node runs: each key that differs from what
 * the node runs with, and whether all of them may.
 */
public record FileChanges(ClusterConfig running, ClusterConfig read, List<Change> changes) {

    /** What is recorded in the log, and what PostgreSQL reads again. Everything else is read at the start of a node only. */
    private static final Pattern WHILE_RUNNING =
            Pattern.compile("groups\\.[^.]+\\.(synchronous|k|on-last-standby-loss|strict|max-lag"
                    + "|read\\.max-lag|failover\\.[^.]+|disk\\.[^.]+|members\\.[^.]+\\.(priority|nofailover|nosync|noloadbalance)"
                    + "|postgres\\.parameters\\..+)|nodes\\.[^.]+\\.zone");

    /**
     * @param from null: the key had no value, as {@code to} where it has none now
     * @param where file and line of what the key is now
     */
    public record Change(
            String key, @Nullable String from, @Nullable String to, String where) {

        public boolean isPossibleWhileRunning() {
            return WHILE_RUNNING.matcher(key).matches();
        }
    }

    public static FileChanges between(ClusterConfig running, ClusterConfig read) {
        Map<String, Effective> before = byKey(running);
        Map<String, Effective> now = byKey(read);
        var keys = new TreeSet<>(before.keySet());
        keys.addAll(now.keySet());
        var changes = new ArrayList<Change>();
        for (String key : keys) {
            Effective old = before.get(key);
            Effective young = now.get(key);
            String from = old == null ? null : old.value();
            String to = young == null ? null : young.value();
            if (!String.valueOf(from).equals(String.valueOf(to))) {
                String origin = young == null ? "" : young.origin();
                String file = read.file().toString();
                changes.add(new Change(key, from, to, origin.startsWith(file) ? origin : file));
            }
        }
        return new FileChanges(running, read, List.copyOf(changes));
    }

    private static Map<String, Effective> byKey(ClusterConfig config) {
        var keys = new LinkedHashMap<String, Effective>();
        config.effective().forEach(effective -> keys.put(effective.key(), effective));
        return keys;
    }

    /** Names every key that cannot change while the node runs; then nothing may take effect. */
    public void requirePossibleWhileRunning() throws ConfigProblems {
        List<Problem> impossible = changes.stream()
                .filter(change -> !change.isPossibleWhileRunning())
                .map(change -> new Problem(
                        change.where(),
                        change.key(),
                        change.to(),
                        "cannot change while the node runs, which has "
                                + (change.from() == null ? "none" : change.from()),
                        "Restart the node, or take the change back"))
                .toList();
        if (!impossible.isEmpty()) {
            throw new ConfigProblems(impossible);
        }
    }

    /** Names all that a file says: equal on nodes whose files say the same. */
    public static String nameOf(ClusterConfig config) {
        var text = new StringBuilder();
        config.effective()
                .forEach(effective -> text.append(effective.key())
                        .append('=')
                        .append(effective.value())
                        .append('\n'));
        return Digest.of(text.toString());
    }
}
