package io.interrex.cluster.supervision;

import io.interrex.cluster.group.GroupCommand;
import java.util.SortedSet;

/** What a supervisor does next. */
public sealed interface Act {

    /** Ask every voter what it knows of the lease. */
    record AskVoters() implements Act {}

    /** Ask these members, and all voters, to promise {@code epoch}. */
    record Revoke(long epoch, SortedSet<String> members) implements Act {}

    record Submit(GroupCommand command) implements Act {}

    /** Once the log has taken {@code order}, and only then, run this node's hook, and report what it says. */
    record PowerOff(GroupCommand.OrderPowerOff order) implements Act {}
}
