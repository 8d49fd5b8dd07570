package io.interrex.cluster.member;

import io.interrex.cluster.durability.LiveConfiguration;
import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupDecider;
import io.interrex.cluster.group.GroupEvent.Durability;
import io.interrex.cluster.group.GroupState;
import java.util.TreeSet;

/**
 * Decides whether a primary that gives its lease back would be replaced by another member: without that it would only get
 * the next epoch itself, or leave the group with nobody.
 */
final class Succession {

    private Succession() {}

    static boolean isPossible(MemberView v, GroupState group) {
        if (!GroupDecider.failsOverByItself(group, v.stamp().wallMs())) {
            return false;
        }
        var reach = new TreeSet<String>();
        v.peerLsn().forEach((member, lsn) -> {
            if (!lsn.equals(Lsn.ZERO) && !member.equals(v.member())) {
                reach.add(member);
            }
        });
        boolean heir = reach.stream().anyMatch(group::mayTakeOver);
        boolean covered = group.durability() == Durability.ASYNC
                || group.liveConfigurations().stream()
                        .map(LiveConfiguration::syncSet)
                        .allMatch(syncSet -> syncSet.isRevokedBy(reach));
        return heir && covered;
    }
}
