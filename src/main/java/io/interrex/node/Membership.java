package io.interrex.node;

import io.interrex.actors.hands.HandsSystem;
import io.interrex.actors.log.GroupLog;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.MemberInfo;
import io.interrex.config.ClusterConfig;
import io.interrex.config.NodeConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who the other nodes and members are, for all parts of this node that speak to them: the nodes by the file, the members of a group by
 * its log, because a file may be older, or not read again yet.
 */
final class Membership implements Reloading.Nodes {

    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

    private record Own(LocalMember local, List<MemberInfo> members) {}

    private final NodeConfig config;
    private final OwnVoter voter;
    private final Wires wires;
    private final NodeLog log;
    private final Map<String, Own> groups = new HashMap<>();
    private ClusterConfig file;

    Membership(NodeConfig config, OwnVoter voter, Wires wires, NodeLog log) {
        this.config = config;
        this.voter = voter;
        this.wires = wires;
        this.log = log;
        this.file = config.cluster();
    }

    @Override
    public SortedSet<String> answering() {
        var answering = new TreeSet<>(voter.sight().seated());
        answering.removeIf(seat -> !wires.answers(seat));
        return answering;
    }

    @Override
    public synchronized void use(ClusterConfig read) {
        file = read;
        wires.use(read);
        log.use(read);
        groups.values().forEach(own -> own.local().use(config.in(read), own.members()));
    }

    /** Lets this node's member of a group go along with the members that the group's log names. */
    void follow(HandsSystem hands, String group, ActorRef<GroupLog.Message> groupLog, LocalMember local) {
        Behavior<GroupLog.Update> following = Behaviors.setup(context -> {
            groupLog.tell(new GroupLog.Subscribe(context.getSelf()));
            return Behaviors.receiveMessage(update -> {
                GroupState state = update.state();
                if (state != null) {
                    see(group, List.copyOf(state.members().values()), local);
                }
                return Behaviors.same();
            });
        });
        hands.spawn(following, "members-" + group);
    }

    /** With {@link #use} in turn: the file of now and the members of now are used together. */
    private synchronized void see(String group, List<MemberInfo> members, LocalMember local) {
        Own before = groups.put(group, new Own(local, members));
        if (before != null && before.members().equals(members)) {
            return;
        }
        local.use(config.in(file), members);
        if (members.stream().noneMatch(member -> member.name().equals(config.name()))) {
            LOG.error(
                    "node {} has no member of group {} any more, or not yet: the log does not name it, and its server is ended;"
                            + " 'interrex reload' on the others adds it where their file does",
                    config.name(),
                    group);
        }
    }
}
