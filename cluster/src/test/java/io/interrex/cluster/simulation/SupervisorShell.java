package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.supervision.Act;
import io.interrex.cluster.supervision.Rank;
import io.interrex.cluster.supervision.Sight;
import io.interrex.cluster.supervision.Supervision;
import io.interrex.cluster.supervision.Watch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Gathers what {@link Supervision} decides on, and does what it says. */
final class SupervisorShell {

    private final World world;
    private final SimNode node;
    private final LogShell log;
    private final VoterShell voter;
    private final Map<String, Watch.Heard> peers = new HashMap<>();
    private final long startedMs;
    private Watch.Inquiry inquiry = Watch.Inquiry.NONE;
    private long lastEventMs;
    private Sight sight;
    private long request;

    SupervisorShell(World world, SimNode node, LogShell log, VoterShell voter) {
        this.world = world;
        this.node = node;
        this.log = log;
        this.voter = voter;
        this.startedMs = nowMs();
        this.lastEventMs = startedMs;
        this.sight = Sight.start(world.settings.timings(), startedMs);
    }

    void tick() {
        GroupState group = log.state();
        sight = sight.tick(peers, group == null ? List.of() : group.members().keySet(), nowMs());
        supervise();
        if (group != null && log.readable()) {
            Sight.News news = sight.news(group, watch(group).rank(), startedMs, stamp(), nowMs());
            sight = news.sight();
            news.acts().forEach(act -> act(group, act));
        }
    }

    void logMoved(@Nullable GroupEvent event) {
        if (event != null) {
            lastEventMs = nowMs();
        }
        supervise();
    }

    void heard(String from, HandsMessage message) {
        switch (message) {
            case HandsMessage.Status s -> status(s.status());
            case HandsMessage.VoterAnswer answer -> inquiry = inquiry.heard(answer.view());
            case HandsMessage.RevokeAnswer answer -> {
                inquiry = inquiry.heard(answer.epoch(), memberOf(answer.evidence(), from), answer.evidence());
                supervise();
            }
            case HandsMessage.Release release -> supervise();
            default -> throw new IllegalStateException("not for a supervisor: " + message);
        }
    }

    private static String memberOf(Evidence evidence, String from) {
        return switch (evidence) {
            case Evidence.Revoked r -> r.member();
            case Evidence.Dead d -> d.member();
            case Evidence.NoAnswer n -> n.who();
            case Evidence.VoterView v -> from;
            case Evidence.PeerView p -> from;
        };
    }

    private void status(MemberStatus status) {
        Watch.Heard before = peers.get(status.member());
        boolean older = before != null
                && before.status().incarnation() == status.incarnation()
                && before.status().sequence() >= status.sequence();
        if (!older) {
            peers.put(status.member(), new Watch.Heard(status, nowMs()));
            sight = sight.heard(status.member(), nowMs());
        }
    }

    private void supervise() {
        if (!log.readable()) {
            return;
        }
        GroupState group = log.state();
        if (group == null) {
            create();
            return;
        }
        Watch watch = watch(group);
        Supervision.Step step = Supervision.tick(watch);
        inquiry = step.inquiry();
        step.acts().forEach(act -> act(group, act));
    }

    private Watch watch(GroupState group) {
        var alive = new TreeSet<String>();
        alive.add(node.name);
        long limitMs = group.settings().timings().suspectAfter().toMillis();
        peers.forEach((member, heard) -> {
            if (nowMs() - heard.atMs() < limitMs) {
                alive.add(member);
            }
        });
        return new Watch(
                node.name,
                group,
                lastEventMs,
                startedMs,
                Map.copyOf(peers),
                voter.view(),
                Rank.of(node.name, group.group(), group.epoch(), alive),
                sight,
                inquiry,
                stamp(),
                world.uuid(),
                nowMs());
    }

    private void act(GroupState group, Act act) {
        switch (act) {
            case Act.AskVoters ask ->
                group.voters().forEach(v -> node.send(v, new HandsMessage.AskVoter(World.GROUP, ++request)));
            case Act.Revoke revoke -> {
                var nodes = new TreeSet<>(revoke.members());
                nodes.addAll(group.voters());
                nodes.forEach(n -> node.send(n, new HandsMessage.Revoke(World.GROUP, ++request, revoke.epoch())));
            }
            case Act.Submit submit -> log.submit(submit.command(), answer -> {});
        }
    }

    private void create() {
        int place = world.hosts().indexOf(node.name);
        long waitMs = place * 3L * world.settings.timings().leaseFor().toMillis();
        if (nowMs() - startedMs < waitMs || inquiry.submittedMs() > nowMs() - 1_000) {
            return;
        }
        inquiry = new Watch.Inquiry(0, 0, -1, Map.of(), 0, 0, -1, Map.of(), nowMs());
        log.submit(
                new GroupCommand.CreateGroup(
                        stamp(),
                        World.GROUP,
                        node.name,
                        world.uuid(),
                        world.members,
                        List.copyOf(world.voters()),
                        world.settings),
                answer -> {});
    }

    private Stamp stamp() {
        return new Stamp(node.name, node.wallMs());
    }

    private long nowMs() {
        return node.localNs() / MS;
    }
}
