package io.interrex.node;

import io.interrex.actors.node.Board;
import io.interrex.cluster.charter.RosterSight;
import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupCommand.Run;
import io.interrex.cluster.group.GroupCommand.Seen;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupCommand.StandbyLag;
import io.interrex.cluster.group.Mode;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.port.DatabaseStatus.Sender;
import io.interrex.cluster.port.Order;
import io.interrex.cluster.port.Vitals;
import io.interrex.config.ClusterConfig;
import io.interrex.config.NodeConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes commands of people's orders: with what this node has heard, so that the group can decide by that. */
final class OrderCommands {

    private final NodeConfig config;
    private final Supplier<ClusterConfig> current;
    private final Board board;
    private final Predicate<String> inReach;
    private final Supplier<RosterSight> roster;
    private final LongSupplier nanoTime;

    OrderCommands(
            NodeConfig config,
            Supplier<ClusterConfig> current,
            Board board,
            Predicate<String> inReach,
            Supplier<RosterSight> roster,
            LongSupplier nanoTime) {
        this.config = config;
        this.current = current;
        this.board = board;
        this.inReach = inReach;
        this.roster = roster;
        this.nanoTime = nanoTime;
    }

    GroupCommand command(Order order) {
        var stamp = new Stamp(config.name(), System.currentTimeMillis());
        return switch (order) {
            case Order.Switchover s ->
                new GroupCommand.OrderSwitchover(
                        stamp, s.operation(), s.actor(), s.target(), lags(s.group()), s.loseSlots());
            case Order.ScheduledSwitchover s ->
                new GroupCommand.ScheduleSwitchover(
                        stamp,
                        s.operation(),
                        s.actor(),
                        s.target(),
                        s.at().toEpochMilli(),
                        s.at().plus(s.within()).toEpochMilli(),
                        s.loseSlots());
            case Order.CancelSwitchover c -> new GroupCommand.CancelScheduled(stamp, c.operation(), c.actor());
            case Order.Failover f ->
                new GroupCommand.OrderFailover(stamp, f.operation(), f.actor(), f.target(), inReach(f.group()));
            case Order.Reinit r -> new GroupCommand.OrderReinit(stamp, r.operation(), r.actor(), r.member());
            case Order.Restart r ->
                new GroupCommand.OrderRestart(
                        stamp,
                        r.operation(),
                        r.actor(),
                        r.member(),
                        r.pendingOnly(),
                        r.inPlace(),
                        runs(r.group()),
                        r.loseSlots());
            case Order.Pause p ->
                new GroupCommand.OrderMode(
                        stamp, p.operation(), Mode.PAUSED, p.actor(), p.reason(), until(stamp, p.length()));
            case Order.ForcePromotion f ->
                new GroupCommand.OrderForcePromotion(
                        stamp,
                        f.operation(),
                        f.actor(),
                        f.reason(),
                        f.typedGroup(),
                        f.typedEpoch(),
                        f.target(),
                        seen(f.group()),
                        withData(f.group()));
            case Order.Maintenance m ->
                new GroupCommand.OrderMaintenance(
                        stamp, m.operation(), m.actor(), m.member(), m.reason(), until(stamp, m.length()));
            case Order.MaintenanceEnd m -> new GroupCommand.EndMaintenance(stamp, m.operation(), m.actor(), m.member());
            case Order.Readmission r -> readmission(stamp, r);
            case Order.Resume r -> new GroupCommand.OrderMode(stamp, r.operation(), Mode.AUTO, r.actor(), r.reason());
        };
    }

    private GroupCommand readmission(Stamp stamp, Order.Readmission r) {
        RosterSight sight = roster.get();
        ClusterConfig.Node named = current.get().nodes().get(r.voter());
        String voter = named == null ? r.voter() : named.handsName();
        var answering = new TreeSet<>(sight.seated());
        answering.removeIf(seat -> !inReach.test(seat));
        return new GroupCommand.OrderReadmission(
                stamp,
                r.operation(),
                r.actor(),
                r.reason(),
                voter,
                sight.charter().change(),
                sight.settledFor(config.cluster().timings().silentFor().toNanos(), nanoTime.getAsLong()),
                inReach.test(voter) ? sight.others().get(voter) : null,
                answering);
    }

    private static long until(Stamp stamp, @Nullable Duration length) {
        return length == null ? 0 : stamp.wallMs() + length.toMillis();
    }

    /** As the primary's senders say; a standby that does not stream is not in it. */
    private List<StandbyLag> lags(String group) {
        var lags = new ArrayList<StandbyLag>();
        board.statuses(group).values().forEach(heard -> {
            var database = heard.status().database();
            if (database.process() == Process.PRIMARY) {
                Lsn end = database.lsn();
                for (Sender sender : database.senders()) {
                    if (sender.state().equals("streaming")) {
                        lags.add(new StandbyLag(sender.member(), end.bytesSince(sender.flushLsn())));
                    }
                }
            }
        });
        return List.copyOf(lags);
    }

    /** The servers that are known to run. */
    private List<Run> runs(String group) {
        var running = inReach(group, process -> process == Process.STANDBY || process == Process.PRIMARY);
        var runs = new ArrayList<Run>();
        new TreeMap<>(board.statuses(group)).forEach((member, heard) -> {
            long startedAtMs = heard.status().database().startedAtMs();
            List<Vitals.Pending> pending = heard.status().vitals().pending();
            if (running.contains(member) && startedAtMs != 0) {
                runs.add(new Run(
                        member,
                        startedAtMs,
                        !pending.isEmpty(),
                        pending.stream().anyMatch(Vitals.Pending::lowers)));
            }
        });
        return List.copyOf(runs);
    }

    /** What each member said last, however long ago. */
    private List<Seen> seen(String group) {
        long now = nanoTime.getAsLong();
        var seen = new ArrayList<Seen>();
        board.statuses(group).forEach((member, heard) -> {
            var database = heard.status().database();
            seen.add(new Seen(
                    member,
                    database.process() == Process.PRIMARY,
                    database.lsn(),
                    database.epochInWal(),
                    heard.status().leaseLeftMs(),
                    Math.max(0, (now - heard.atNs()) / 1_000_000)));
        });
        return List.copyOf(seen);
    }

    /** Members that were heard of lately and could promise to take no more WAL. */
    private TreeSet<String> withData(String group) {
        return inReach(group, process -> switch (process) {
            case ABSENT, INCOMPLETE -> false;
            case STOPPED, STARTING, STANDBY, PRIMARY, HUNG -> true;
        });
    }

    private TreeSet<String> inReach(String group) {
        return inReach(group, process -> process == Process.STANDBY);
    }

    private TreeSet<String> inReach(String group, Predicate<Process> which) {
        long limitNs = config.cluster().timings().suspectAfter().toNanos();
        long now = nanoTime.getAsLong();
        var reach = new TreeSet<String>();
        board.statuses(group).forEach((member, heard) -> {
            if (now - heard.atNs() < limitNs
                    && which.test(heard.status().database().process())) {
                reach.add(member);
            }
        });
        return reach;
    }
}
