package io.interrex.cluster.group;

import io.interrex.cluster.format.Since;
import java.util.List;

/** What is recorded of who belongs to a group. */
public sealed interface MembershipEvent extends GroupEvent.OfOneMember {

    /** Who is a member from here on, and who no more. */
    @Since(7)
    record MembersChanged(long epoch, RuleId rule, List<String> added, List<String> removed, String actor)
            implements MembershipEvent {}

    /** Node {@code to} has that voter's seat by the nodes' files; its disk still has to be given it. */
    @Since(7)
    record SeatMoved(long epoch, RuleId rule, String seat, String to, String actor) implements MembershipEvent {}
}
