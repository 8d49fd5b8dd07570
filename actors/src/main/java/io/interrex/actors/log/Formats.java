package io.interrex.actors.log;

import io.interrex.cluster.format.Format;
import io.interrex.cluster.group.Decision;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.RuleId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** In which format a group's log is written, and what is said of a decision that it does not hold. */
final class Formats {

    private static final Logger LOG = LoggerFactory.getLogger(GroupLog.class);

    private String last = "";

    /** A new group is written as its first node knows it: a node of an older release that meets it says so. */
    static int of(@Nullable GroupState state) {
        return state == null ? Format.CURRENT : state.upkeep().format();
    }

    /** Said once in the node's own log until something else is refused: what is decided by itself is tried again and again. */
    GroupLog.Answer refusal(Decision decision, String what, @Nullable GroupState state, long version) {
        if (!decision.accepted()) {
            // refused anyway; only the record of it is not there
            return new GroupLog.Answer(true, false, decision.rule(), decision.why(), version);
        }
        String why =
                "%s, and the log holds format %d while a node of an older release may run: upgrade every node, it is raised by itself when the last one is connected"
                        .formatted(what, of(state));
        if (!what.equals(last)) {
            last = what;
            LOG.warn("not decided: {}", why);
        }
        return new GroupLog.Answer(true, false, RuleId.FORMAT_TOO_NEW, why, version);
    }
}
