package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.supervision.Act;
import io.interrex.cluster.supervision.GreyWatch;
import io.interrex.cluster.supervision.Rank;
import io.interrex.cluster.supervision.Sight;
import io.interrex.cluster.supervision.Supervision;
import io.interrex.cluster.supervision.Watch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Gathers what {@link Supervision} decides on, and does what it says. */
final class SupervisorShell {

    private final World world;
    private final SimNode node;
    private final LogShell log;
    private final VoterShell voter;
    private final Map<String, Watch.Heard> heard = new TreeMap<>();
    private final Map<String, Watch.Heard> known = Collections.unmodifiableMap(heard);
    /** When each host was heard, by its index. */
    private final long[] heardMs;

    private long rankedFor = -1;
    private int rank;
    private final long startedMs;
    private Watch.Inquiry inquiry = Watch.Inquiry.NONE;
    private long lastEventMs;
    private long knownEpoch;
    private long epochSinceMs;
    private Sight sight;
    private GreyWatch grey = GreyWatch.START;
    private long request;

    SupervisorShell(World world, SimNode node, LogShell log, VoterShell voter, boolean longAgo) {
        this.world = world;
        this.node = node;
        this.log = log;
        this.voter = voter;
        this.startedMs = nowMs() - (longAgo ? 60_000 : 0);
        this.lastEventMs = nowMs();
        this.heardMs = new long[world.hosts().size()];
        Arrays.fill(heardMs, Long.MIN_VALUE / 2);
        this.sight = Sight.start(world.settings.timings(), nowMs());
    }

    void tick() {
        GroupState group = log.state();
        sight = sight.tick(known, group == null ? List.of() : group.members().keySet(), nowMs());
        supervise();
        if (group != null && log.readable()) {
            Sight.News news = sight.news(group, rank(group, nowMs()), startedMs, stamp(), nowMs());
            sight = news.sight();
            for (Act act : news.acts()) {
                act(group, act);
            }
            GreyWatch.Turn turn = grey.turn(watch(group));
            grey = turn.watch();
            for (Act act : turn.acts()) {
                act(group, act);
            }
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
        Watch.Heard before = known.get(status.member());
        boolean older = before != null
                && before.status().incarnation() == status.incarnation()
                && before.status().sequence() >= status.sequence();
        if (!older) {
            heard.put(status.member(), Watch.Heard.of(world.has(Mutant.NO_VETO) ? null : before, status, nowMs()));
            heardMs[World.index(status.member())] = nowMs();
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
        for (Act act : step.acts()) {
            act(group, act);
        }
    }

    private Watch watch(GroupState group) {
        long now = nowMs();
        return new Watch(
                node.name,
                group,
                lastEventMs,
                startedMs,
                known,
                voter.view(),
                rank(group, now),
                sight,
                inquiry,
                stamp(),
                world.uuid(),
                now);
    }

    /** The same nodes alive in the same epoch have the same rank: it is worked out anew only when that changes. */
    private int rank(GroupState group, long now) {
        long limitMs = group.settings().timings().suspectAfter().toMillis();
        long alive = 1L << node.host;
        for (int host = 0; host < heardMs.length; host++) {
            if (now - heardMs[host] < limitMs) {
                alive |= 1L << host;
            }
        }
        long key = group.epoch() << 8 | alive;
        if (key != rankedFor) {
            rankedFor = key;
            var names = new TreeSet<String>();
            for (String name : world.hosts()) {
                if ((alive & 1L << World.index(name)) != 0) {
                    names.add(name);
                }
            }
            rank = Rank.of(node.name, group.group(), group.epoch(), names);
        }
        return rank;
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
            case Act.PowerOff power -> powerOff(power.order());
        }
    }

    private void powerOff(GroupCommand.OrderPowerOff order) {
        log.submit(order, answer -> {
            if (answer.known() && answer.accepted()) {
                world.power.run(
                        order,
                        node.here(result -> log.submit(
                                new GroupCommand.ReportPowerOff(
                                        stamp(), order.epoch(), order.member(), order.attempt(), result, "the hook"),
                                told -> {})));
            }
        });
    }

    private void create() {
        int place = world.memberNames().indexOf(node.name);
        long waitMs = place * 3L * world.settings.timings().leaseFor().toMillis();
        if (place < 0 || nowMs() - startedMs < waitMs || inquiry.submittedMs() > nowMs() - 1_000) {
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

    /** As a person's command does: whose server was seen in recovery lately counts as in reach. */
    GroupCommand orderFailover(@Nullable String target) {
        long limitMs = world.settings.timings().suspectAfter().toMillis();
        var reach = new TreeSet<String>();
        heard.forEach((member, h) -> {
            if (nowMs() - h.atMs() < limitMs && h.status().database().process() == DatabaseStatus.Process.STANDBY) {
                reach.add(member);
            }
        });
        return new GroupCommand.OrderFailover(stamp(), world.uuid(), "operator", target, reach);
    }

    /** As a person's command does. */
    GroupCommand orderForcePromotion(String target, long typedEpoch) {
        long limitMs = world.settings.timings().suspectAfter().toMillis();
        var reach = new TreeSet<String>();
        var seen = new ArrayList<GroupCommand.Seen>();
        heard.forEach((member, h) -> {
            DatabaseStatus database = h.status().database();
            boolean hasData = database.process() != DatabaseStatus.Process.ABSENT
                    && database.process() != DatabaseStatus.Process.INCOMPLETE;
            if (nowMs() - h.atMs() < limitMs && hasData) {
                reach.add(member);
            }
            seen.add(new GroupCommand.Seen(
                    member,
                    database.process() == DatabaseStatus.Process.PRIMARY,
                    database.lsn(),
                    database.epochInWal(),
                    h.status().leaseLeftMs(),
                    nowMs() - h.atMs()));
        });
        return new GroupCommand.OrderForcePromotion(
                stamp(),
                world.uuid(),
                "operator",
                "the hosts are lost",
                World.GROUP,
                typedEpoch,
                target,
                List.copyOf(seen),
                reach);
    }

    private Stamp stamp() {
        GroupState group = log.state();
        long epoch = group == null ? 0 : group.epoch();
        if (epoch != knownEpoch) {
            knownEpoch = epoch;
            epochSinceMs = nowMs();
        }
        return new Stamp(node.name, node.wallMs(), nowMs() - epochSinceMs);
    }

    private long nowMs() {
        return node.localNs() / MS;
    }
}
