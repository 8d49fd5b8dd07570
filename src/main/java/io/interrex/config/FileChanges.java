package io.interrex.config;

import io.interrex.cluster.settings.Digest;
import io.interrex.config.ClusterConfig.Group;
import io.interrex.config.ClusterConfig.RouterConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides what of a configuration file that was read again may take effect while the node runs: each key that differs from what
 * the node runs with, and whether all of them may.
 */
public record FileChanges(ClusterConfig running, ClusterConfig read, List<Change> changes) {

    /** What is recorded in the log, and what PostgreSQL reads again; nodes and members come and go whole. Everything else is read at the start of a node only. */
    private static final Pattern WHILE_RUNNING =
            Pattern.compile("groups\\.[^.]+\\.(synchronous|k|on-last-standby-loss|strict|max-lag"
                    + "|read\\.max-lag|failover\\.[^.]+|disk\\.[^.]+|members\\.[^.]+\\.(priority|nofailover|nosync|noloadbalance)"
                    + "|slots\\.[^.]+\\.[^.]+|postgres\\.parameters\\..+)|nodes\\.[^.]+\\.zone");

    private static final Pattern OF_A_NODE = Pattern.compile("nodes\\.([^.]+)\\..+");
    private static final Pattern OF_A_MEMBER = Pattern.compile("groups\\.([^.]+)\\.members\\.([^.]+)\\..+");
    private static final Pattern NODES_OF_A_ROUTER = Pattern.compile("routers\\.([^.]+)\\.nodes");

    /**
     * @param from null: the key had no value, as {@code to} where it has none now
     * @param where file and line of what the key is now
     */
    public record Change(
            String key, @Nullable String from, @Nullable String to, String where) {}

    /** A voter's seat that another node has than before. */
    public record Move(String seat, String from, String to) {}

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

    private boolean isPossibleWhileRunning(Change change) {
        String key = change.key();
        Matcher node = OF_A_NODE.matcher(key);
        Matcher member = OF_A_MEMBER.matcher(key);
        Matcher router = NODES_OF_A_ROUTER.matcher(key);
        return WHILE_RUNNING.matcher(key).matches()
                || node.matches() && !isInBoth(node.group(1))
                || member.matches() && mayChange(member.group(1), member.group(2)) && !isReadAtTheStart(change)
                || router.matches()
                        && stayingNodes(running, router.group(1)).equals(stayingNodes(read, router.group(1)));
    }

    /** Servers that run follow a new member at its host until their nodes are started anew. */
    private static boolean isReadAtTheStart(Change change) {
        String to = change.to();
        return change.key().endsWith(".replication-address") && to != null && !to.isBlank();
    }

    private boolean isInBoth(String node) {
        return running.nodes().containsKey(node) && read.nodes().containsKey(node);
    }

    /** A new member comes with a new node: a node that runs opens its members when it starts. */
    private boolean mayChange(String group, String member) {
        Group before = running.groups().get(group);
        Group now = read.groups().get(group);
        if (before == null || now == null) {
            return false;
        }
        boolean was = before.members().containsKey(member);
        boolean is = now.members().containsKey(member);
        return was ? !is : is && !running.nodes().containsKey(member);
    }

    private Set<String> stayingNodes(ClusterConfig file, String router) {
        RouterConfig found = file.routers().get(router);
        var nodes = new TreeSet<>(found == null ? List.of() : found.nodes());
        nodes.removeIf(node -> !isInBoth(node));
        return nodes;
    }

    /** The seats that other nodes have than before. */
    public List<Move> moves() {
        var moves = new ArrayList<Move>();
        SortedMap<String, String> before = running.seats();
        read.seats().forEach((seat, node) -> {
            String from = before.get(seat);
            if (from != null && !from.equals(node)) {
                moves.add(new Move(seat, from, node));
            }
        });
        return List.copyOf(moves);
    }

    private List<Problem> impossibleVoters() {
        String file = read.file().toString();
        if (!running.voters().equals(read.voters())) {
            return List.of(
                    new Problem(
                            file,
                            "nodes",
                            null,
                            "the voters' seats are %s, and cannot be %s while the node runs"
                                    .formatted(running.voters(), read.voters()),
                            "Write voter = false for a node that is added, or seat = NAME of the lost node whose place it takes; other seats need another generation"));
        }
        return moves().size() > 1
                ? List.of(new Problem(
                        file,
                        "nodes",
                        null,
                        "the seats of " + moves().stream().map(Move::seat).toList() + " go to other nodes",
                        "Let one seat at a time go to another node, and have it readmitted before the next"))
                : List.of();
    }

    /** Names every key that cannot change while the node runs; then nothing may take effect. */
    public void requirePossibleWhileRunning() throws ConfigProblems {
        List<Problem> voters = impossibleVoters();
        if (!voters.isEmpty()) {
            throw new ConfigProblems(voters);
        }
        List<Problem> impossible = changes.stream()
                .filter(change -> !isPossibleWhileRunning(change))
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
