package io.interrex.actors.log;

import io.interrex.cluster.format.Format;
import io.interrex.cluster.group.Decision;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.RuleId;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** In which format a group's log is written, and what is said of a decision that it does not hold. */
final class Formats {

    private static final Logger LOG = LoggerFactory.getLogger(GroupLog.class);

    private final Set<String> said = new HashSet<>();

    /** A new group is written as its first node knows it: a node of an older release that meets it says so. */
    static int of(@Nullable GroupState state) {
        return state == null ? Format.CURRENT : state.upkeep().format();
    }

    /** Said once in the node's own log: what is decided by itself is tried again and again. */
    GroupLog.Answer refusal(Decision decision, String what, @Nullable GroupState state, long version) {
        if (!decision.accepted()) {
            // refused anyway; only the record of it is not there
            return new GroupLog.Answer(true, false, decision.rule(), decision.why(), version);
        }
        String why =
                "%s, and the log holds format %d while a node of an older release may run: upgrade every node, or remove one that is lost from the file; it is raised by itself when all are connected"
                        .formatted(what, of(state));
        if (said.add(what)) {
            LOG.warn("not decided: {}", why);
        }
        return new GroupLog.Answer(true, false, RuleId.FORMAT_TOO_NEW, why, version);
    }
}
