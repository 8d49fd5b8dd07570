package io.interrex.cluster.port;

import io.interrex.cluster.group.RuleId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a person asks of one node: to read its configuration file again, while it runs.
 *
 * @param actor who asks, as it is recorded
 * @param check only say what would come of it
 * @param overwrite record what the file says, also where somebody else recorded something since the file was written
 */
public record Reload(String actor, boolean check, boolean overwrite) {

    /**
     * One key that the file has changed.
     *
     * @param from null: it had none, as {@code to} where it has none now
     * @param effect when or how it takes effect, in words
     */
    public record Change(
            String key, @Nullable String from, @Nullable String to, String effect) {}

    /** What became of it. */
    public sealed interface Answer {

        /**
         * All of it holds, or would.
         *
         * @param file names what the file says: the same on nodes whose files say the same
         */
        record Done(String node, String file, List<Change> changes) implements Answer {}

        /** Nothing of it holds; the node goes on with what it has. @param problems one sentence each */
        record Refused(String node, RuleId rule, List<String> problems) implements Answer {}

        /**
         * The log did not answer, or one group's took it and another's did not: some of it may be recorded, and nothing else of it
         * holds. The same again is harmless.
         */
        record Unknown(String node, String why) implements Answer {}
    }
}
