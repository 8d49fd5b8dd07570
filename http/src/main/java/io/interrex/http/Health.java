package io.interrex.http;

import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.view.GroupView;
import io.interrex.cluster.port.view.GroupView.Member;
import io.interrex.cluster.port.view.GroupView.Role;
import io.interrex.cluster.port.view.NodeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Decides what a load balancer or Kubernetes is told of this node's member: yes (200) or no (503), with the reason. */
final class Health {

    private Health() {}

    /** @param fit answer 200, else 503 */
    record Verdict(boolean fit, String why) {}

    /** Yes only on the node whose member is the primary of the current epoch, holds its lease, and has its gate open. */
    static Verdict primary(Optional<GroupView> group, String node) {
        return withMember(group, node, Health::primary);
    }

    private static Verdict primary(GroupView group, Member member) {
        String name = member.name();
        if (!name.equals(group.primary()) || !name.equals(group.designated())) {
            return no(name + " is not the primary; it is "
                    + (group.designated() == null ? "nobody" : group.designated()));
        }
        if (member.role() != Role.PRIMARY) {
            return no(name + " is to be the primary, but its server is " + word(member.role()));
        }
        if (member.leaseLeftMs() <= 0) {
            return no(name + " has no lease");
        }
        return member.gate() == Gate.Position.OPEN
                ? yes(name + " is the primary of epoch " + group.epoch())
                : no("the gate of " + name + " is " + word(member.gate()));
    }

    /** Yes where the member is a standby that streams from the current epoch's primary, within that lag, and lets readers in; never where it is tagged noloadbalance. */
    static Verdict replica(Optional<GroupView> group, String node, long lagMaxBytes) {
        return withMember(group, node, (view, member) -> replica(view, member, lagMaxBytes));
    }

    private static Verdict replica(GroupView group, Member member, long lagMaxBytes) {
        String name = member.name();
        if (member.role() != Role.STANDBY) {
            return no("the server of " + name + " is " + word(member.role()) + ", not standby");
        }
        if (member.noloadbalance()) {
            return no(name + " is tagged noloadbalance: it takes no reads of many");
        }
        if (member.maintenance() != null) {
            return no(name + " is in maintenance: " + member.maintenance().reason());
        }
        if (!member.receiving() || group.primary() == null || !group.primary().equals(member.upstream())) {
            return no(name + " does not stream from the primary");
        }
        if (member.epochInWal() != group.epoch()) {
            return no(name + " is at epoch " + member.epochInWal() + ", the group at " + group.epoch());
        }
        if (member.gate() == Gate.Position.CLOSED) {
            return no("the gate of " + name + " is closed");
        }
        if (member.replayLagBytes() < 0) {
            return no("the lag of " + name + " is not known");
        }
        return member.replayLagBytes() <= lagMaxBytes
                ? yes(name + " is " + member.replayLagBytes() + " bytes behind")
                : no(name + " is " + member.replayLagBytes() + " bytes behind, more than " + lagMaxBytes);
    }

    /** Yes where the member's server answers queries. */
    static Verdict health(Optional<GroupView> group, String node) {
        return withMember(group, node, (view, member) -> switch (member.role()) {
            case PRIMARY, STANDBY -> yes("the server of " + member.name() + " answers as " + word(member.role()));
            case STARTING, STOPPED, HUNG, EMPTY, UNKNOWN ->
                no("the server of " + member.name() + " is " + word(member.role()));
        });
    }

    static Verdict readiness(NodeView node) {
        return node.ready()
                ? yes(node.node() + " is ready")
                : no(node.node() + " waits for " + String.join(", ", node.waitingFor()));
    }

    /**
     * Yes where another node may be restarted: this one is ready, its voter grants, it is connected to every other, and its members serve
     * or stream.
     */
    static Verdict settled(NodeView node, List<GroupView> groups) {
        var open = new ArrayList<>(node.waitingFor());
        if (node.voterSilentMs() < 0) {
            open.add("its voter, which takes no part: its disk has no seat (interrex voter readmit)");
        } else if (node.voterSilentMs() > 0) {
            open.add("its voter, which grants nothing for another %d ms".formatted(node.voterSilentMs()));
        }
        node.away().forEach(other -> open.add("a connection to node " + other));
        for (GroupView group : groups) {
            group.member(node.node())
                    .filter(member -> member.maintenance() == null && !serves(group, member))
                    .ifPresent(member -> open.add(
                            "its member of group %s, which neither serves nor streams".formatted(group.group())));
        }
        return open.isEmpty()
                ? yes(node.node() + " is settled: another node may be restarted")
                : no(node.node() + " waits for " + String.join(", ", open));
    }

    private static boolean serves(GroupView group, Member member) {
        return switch (member.role()) {
            case PRIMARY -> member.name().equals(group.primary()) && member.gate() == Gate.Position.OPEN;
            case STANDBY -> member.receiving() && member.rebuilding() == null;
            case STARTING, STOPPED, HUNG, EMPTY, UNKNOWN -> false;
        };
    }

    /** An answer is the proof, unless a part that does the work has fallen silent. */
    static Verdict liveness(NodeView node) {
        return !node.stuck().isEmpty()
                ? no("%s does not hear of %s, start the node again"
                        .formatted(node.node(), String.join(", ", node.stuck())))
                : yes(node.node() + " answers, " + node.upMs() / 1000 + " s after its start");
    }

    private interface Judge {
        Verdict judge(GroupView group, Member member);
    }

    private static Verdict withMember(Optional<GroupView> group, String node, Judge judge) {
        return group.map(view -> view.member(node)
                        .map(member -> judge.judge(view, member))
                        .orElseGet(() -> no(node + " has no member of the group " + view.group())))
                .orElseGet(() -> no(node + " does not know the group yet"));
    }

    private static Verdict yes(String why) {
        return new Verdict(true, why);
    }

    private static Verdict no(String why) {
        return new Verdict(false, why);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(java.util.Locale.ROOT);
    }
}
