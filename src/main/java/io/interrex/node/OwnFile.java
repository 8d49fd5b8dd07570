package io.interrex.node;

import io.interrex.actors.log.GroupLog;
import io.interrex.actors.node.Board;
import io.interrex.cluster.group.FileSettings;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.port.Drift;
import io.interrex.config.ClusterConfig;
import io.interrex.config.ClusterConfig.Group;
import io.interrex.config.NodeConfig;
import io.interrex.persistence.hard.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration file as this node runs with it, and how it stands to the log. For each group it remembers on disk, by its
 * mark, what was recorded when this node's file last said the same: a file that is changed from there may be recorded, one that
 * was left behind may not.
 */
final class OwnFile {

    private static final Logger LOG = LoggerFactory.getLogger(OwnFile.class);

    private static final int TOLD_MAX = 12;

    private final Path directory;
    private final String node;
    private final Board board;
    private final Map<String, String> bases = new ConcurrentHashMap<>();
    private volatile ClusterConfig current;

    OwnFile(NodeConfig config, Board board) throws IOException {
        this.directory = Files.createDirectories(config.directories().state().resolve("settings"));
        this.node = config.name();
        this.board = board;
        this.current = config.cluster();
        for (String group : current.groups().keySet()) {
            Path file = directory.resolve(group);
            bases.put(group, Files.exists(file) ? Files.readString(file).strip() : "");
        }
    }

    ClusterConfig current() {
        return current;
    }

    /** From now on the node runs with this. */
    void use(ClusterConfig read) {
        current = read;
        current.groups().keySet().forEach(this::compare);
    }

    FileSettings settings(String group) {
        compare(group);
        return settings(current.group(group));
    }

    /** What any file says of a group, changed from what this node remembers. */
    FileSettings settings(Group group) {
        return new FileSettings(group.settings(), group.memberInfos(), bases.getOrDefault(group.name(), ""));
    }

    /** To be called after every event of the group. */
    synchronized void compare(String group) {
        GroupState state = state(group);
        if (state == null || !current.groups().containsKey(group)) {
            return;
        }
        FileSettings file = settings(current.group(group));
        if (file.isRecordedIn(state) && !file.mark().equals(file.base())) {
            try {
                WholeFile.write(directory.resolve(group), (file.mark() + "\n").getBytes(StandardCharsets.UTF_8));
                bases.put(group, file.mark());
            } catch (IOException e) {
                LOG.error(
                        "a change of the configuration file may not be recorded by itself: {} cannot be written",
                        directory,
                        e);
            }
        }
    }

    /** Where this node's file says otherwise than the log. */
    List<Drift> drift(String group) {
        compare(group);
        GroupState state = state(group);
        return state == null
                ? List.of()
                : settings(group).differences(state).stream()
                        .limit(TOLD_MAX)
                        .map(d -> new Drift(
                                Drift.Kind.RECORDED,
                                d.key(),
                                d.recorded() == null ? "" : d.recorded(),
                                d.inFile() == null ? "" : d.inFile(),
                                "recorded; the file is node " + node + "'s"))
                        .toList();
    }

    private @Nullable GroupState state(String group) {
        GroupLog.Update update = board.group(group);
        return update == null ? null : update.state();
    }
}
