package io.interrex.actors.brain;

import io.interrex.actors.Endpoint;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Down;
import org.apache.pekko.cluster.typed.JoinSeedNodes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings one started brain into the cluster, and gives it up where it has become an island. */
final class Former {

    private static final Logger LOG = LoggerFactory.getLogger(Brain.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private enum Look {
        NOW
    }

    private final BrainSettings settings;
    private final Cluster cluster;
    private final String protocol;
    private final Map<String, String> namesByAddress = new HashMap<>();
    private final List<String> order;
    private final long startedAt = System.nanoTime();
    private List<String> asked = List.of();
    private long noIslandAt = startedAt;

    Former(BrainSettings settings, ActorSystem<?> system) {
        this.settings = settings;
        this.cluster = Cluster.get(system);
        this.protocol = cluster.selfMember().address().protocol();
        this.order = List.copyOf(settings.nodes().sequencedKeySet());
        settings.nodes().forEach((node, endpoint) -> namesByAddress.put(endpoint.toString(), node));
    }

    /** Looks once a second, first at once. */
    Behavior<?> behavior() {
        return Behaviors.<Look>withTimers(timers -> {
            timers.startTimerWithFixedDelay(Look.NOW, Duration.ofMillis(10), LOOK_EVERY);
            return Behaviors.receiveMessage(look -> {
                look();
                return Behaviors.same();
            });
        });
    }

    boolean isJoined() {
        MemberStatus status = cluster.selfMember().status();
        return status == MemberStatus.up() || status == MemberStatus.weaklyUp();
    }

    SortedSet<String> up() {
        return names(cluster.state().getMembers(), true);
    }

    SortedSet<String> unreachable() {
        return names(cluster.state().getUnreachable(), false);
    }

    private void look() {
        long now = System.nanoTime();
        MemberStatus status = cluster.selfMember().status();
        if (status == MemberStatus.removed()) {
            join(now);
        } else if (isJoined() && Formation.isIsland(up(), order, settings.inReach())) {
            if (now - noIslandAt > settings.timings().islandMax().toNanos()) {
                LOG.warn(
                        "the cluster of this brain is {} only, but its hands reach others: it looks for them anew",
                        up());
                noIslandAt = now;
                cluster.manager().tell(new Down(cluster.selfMember().address()));
            }
        } else {
            noIslandAt = now;
        }
    }

    private void join(long now) {
        boolean patient = now - startedAt < settings.timings().patience().toNanos();
        boolean complete = order.stream()
                .allMatch(node ->
                        node.equals(settings.node()) || settings.inReach().test(node));
        List<String> seeds = Formation.seeds(settings.node(), order, settings.inReach());
        if ((complete || !patient) && !seeds.equals(asked)) {
            asked = seeds;
            LOG.info("looking for the cluster at {}", seeds);
            cluster.manager()
                    .tell(new JoinSeedNodes(seeds.stream().map(this::address).toList()));
        }
    }

    private Address address(String node) {
        Endpoint endpoint = settings.nodes().get(node);
        if (endpoint == null) {
            throw new IllegalStateException("not configured: " + node);
        }
        return new Address(protocol, settings.systemName(), endpoint.host(), endpoint.port());
    }

    private SortedSet<String> names(Iterable<Member> members, boolean upOnly) {
        SortedSet<String> names = new TreeSet<>();
        for (Member member : members) {
            if (!upOnly || member.status() == MemberStatus.up() || member.status() == MemberStatus.weaklyUp()) {
                String address = member.address().getHost().orElse("")
                        + ":"
                        + member.address().getPort().map(String::valueOf).orElse("");
                names.add(namesByAddress.getOrDefault(address, address));
            }
        }
        return names;
    }
}
