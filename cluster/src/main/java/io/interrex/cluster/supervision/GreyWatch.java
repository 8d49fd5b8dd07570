package io.interrex.cluster.supervision;

import io.interrex.cluster.detection.Headroom;
import io.interrex.cluster.detection.Headroom.Level;
import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupCommand.BeginScheduled;
import io.interrex.cluster.group.GroupCommand.EndPause;
import io.interrex.cluster.group.GroupCommand.EndRestart;
import io.interrex.cluster.group.GroupCommand.ExpireMaintenance;
import io.interrex.cluster.group.GroupCommand.HandOver;
import io.interrex.cluster.group.GroupCommand.LimitWrites;
import io.interrex.cluster.group.GroupCommand.ReportDisk;
import io.interrex.cluster.group.GroupCommand.ReportGreyFailure;
import io.interrex.cluster.group.GroupCommand.RestartHandOver;
import io.interrex.cluster.group.GroupCommand.StandbyLag;
import io.interrex.cluster.group.GroupDecider;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.GroupState.Phase;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.group.Troubles.GreyFailure;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.port.DatabaseStatus.Sender;
import io.interrex.cluster.port.Space;
import io.interrex.cluster.port.Vitals;
import io.interrex.cluster.supervision.Watch.Heard;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Says what a supervisor proposes about members that answer and are not well: that a disk is low, that a standby applies nothing,
 * that clients have all connections, that the primary hands over before its disk is full; and that a pause has come to its end,
 * a scheduled switchover to its time.
 * {@link GroupDecider} decides. Looks every 5 r; what is to be said is said by rank 0 at once, by the others where it stays unsaid. Soft: a restart forgets it.
 *
 * @param lookedMs when it looked last, monotonic
 * @param unsaid how many looks in a row each thing was to be said, by its words
 * @param flushes by standby of which it was told that it flushes nothing
 * @param stalled by standby: since when it has replayed no further though it holds more, monotonic, ms
 */
public record GreyWatch(
        long lookedMs, Map<String, Integer> unsaid, Map<String, Stalled> stalled, Map<String, Flushes> flushes) {

    public static final GreyWatch START = new GreyWatch(Long.MIN_VALUE / 2, Map.of(), Map.of(), Map.of());

    /** So long it has to flush what it gets before a commit may wait for it again. */
    private static final int FLUSHES_SUSPECTS = 10;

    /** Shorter is an ordinary conflict with a query, or a checkpoint. */
    private static final int STALLED_SUSPECTS = 40;

    private static final int LOOK_EVERY_R = 5;

    /** Looks after which something that stays unsaid is said again by the same node. */
    private static final int AGAIN = 20;

    /** Of a hundred connections so many may be used; below {@link #SLOTS_WELL} it is over. */
    private static final int SLOTS_SHORT = 95;

    private static final int SLOTS_WELL = 80;

    /** A standby that has replayed no further than {@code at} since {@code sinceMs}. */
    public record Stalled(Lsn at, long sinceMs) {}

    /** A standby that had flushed as far as {@code at} at the last look, and has flushed what it got since {@code sinceMs}. */
    public record Flushes(Lsn at, long sinceMs) {}

    /** What is proposed now, and what is known after it. */
    public record Turn(GreyWatch watch, List<Act> acts) {}

    public Turn turn(Watch w) {
        GroupState group = w.group();
        long everyMs = LOOK_EVERY_R * w.sight().timings().renewEvery().toMillis();
        if (group == null || w.nowMs() - lookedMs < everyMs) {
            return new Turn(this, List.of());
        }
        boolean established = group.phase() == Phase.ESTABLISHED;
        Map<String, Stalled> stalledNow = established ? stalledNow(w, group) : stalled;
        Map<String, Flushes> flushesNow = established ? flushesNow(w, group) : Map.of();
        var acts = new ArrayList<Act>();
        var unsaidNow = new TreeMap<String, Integer>();
        List<Proposal> proposals = established ? proposals(w, group, stalledNow, flushesNow) : inTime(w, group);
        for (Proposal proposal : proposals) {
            if (GroupDecider.decide(group, proposal.command()).events().isEmpty()) {
                continue;
            }
            int looks = unsaid.getOrDefault(proposal.subject(), 0);
            unsaidNow.put(proposal.subject(), looks + 1);
            if (looks >= 2 * w.rank() && (looks - 2 * w.rank()) % AGAIN == 0) {
                acts.add(new Act.Submit(proposal.command()));
            }
        }
        return new Turn(new GreyWatch(w.nowMs(), Map.copyOf(unsaidNow), stalledNow, flushesNow), List.copyOf(acts));
    }

    /** @param subject what is to be said: another of it is said at once */
    private record Proposal(String subject, GroupCommand command) {}

    private static List<Proposal> proposals(
            Watch w, GroupState group, Map<String, Stalled> stalledNow, Map<String, Flushes> flushesNow) {
        var all = new ArrayList<Proposal>();
        all.add(new Proposal("the pause is over", new EndPause(w.stamp())));
        all.add(new Proposal("the restart does not go on", new EndRestart(w.stamp())));
        all.add(new Proposal(
                "another takes over before the restart",
                new RestartHandOver(w.stamp(), group.epoch(), w.freshId(), streaming(w, group))));
        all.addAll(inTime(w, group));
        for (String member : w.inReach(group)) {
            Heard heard = w.peers().get(member);
            if (heard == null || !group.members().containsKey(member)) {
                continue;
            }
            Vitals vitals = heard.status().vitals();
            all.add(new Proposal(
                    "disk of %s: %s".formatted(member, level(w, group, member)),
                    new ReportDisk(w.stamp(), member, vitals.spaces())));
            if (vitals.slotsMax() > 0) {
                all.add(proposal(connections(w, group, member, vitals)));
                SlotWatch.reports(w.stamp(), group, member, vitals.slots())
                        .forEach(report -> all.add(proposal(report)));
            }
            all.add(proposal(replay(w, member, stalledNow.get(member))));
        }
        flushesNow.forEach((member, flushes) -> {
            long forMs = w.nowMs() - flushes.sinceMs();
            if (forMs >= FLUSHES_SUSPECTS * w.sight().timings().suspectAfter().toMillis()) {
                String why = "it has flushed what it got for %d s".formatted(forMs / 1000);
                all.add(proposal(new ReportGreyFailure(w.stamp(), member, GreyFailure.FLUSH_STALLED, false, why)));
            }
        });
        String primary = group.primary();
        Level level = primary == null ? null : level(w, group, primary);
        if (primary != null && level != null) {
            List<StandbyLag> roomy = roomy(w, group);
            if (group.troubles().disk(primary).isNearlyFull() && level.isNearlyFull()) {
                var handOver = new HandOver(w.stamp(), group.epoch(), w.freshId(), roomy);
                all.add(new Proposal("hand-over", handOver));
            }
            boolean limited = !group.isReadOnly();
            all.add(new Proposal(
                    "clients only read: " + limited,
                    new LimitWrites(w.stamp(), group.epoch(), limited, spaces(w, primary), roomy)));
        }
        return all;
    }

    /** What comes to its time whether there is a primary or not. */
    private static List<Proposal> inTime(Watch w, GroupState group) {
        var all = new ArrayList<Proposal>();
        all.add(scheduled(w, group));
        for (String member : group.upkeep().maintenance().keySet()) {
            all.add(new Proposal(
                    "maintenance of %s is over".formatted(member), new ExpireMaintenance(w.stamp(), member)));
        }
        return all;
    }

    /** Another answer of the log is another thing to be said. A group without primary has its schedule, too, and it expires. */
    private static Proposal scheduled(Watch w, GroupState group) {
        var begin = new BeginScheduled(w.stamp(), group.epoch(), streaming(w, group));
        RuleId answer = GroupDecider.decide(group, begin).rule();
        return new Proposal("the scheduled switchover: " + answer, begin);
    }

    private static Proposal proposal(ReportGreyFailure c) {
        return new Proposal("%s of %s: %s".formatted(c.failure(), c.member(), c.present()), c);
    }

    private static ReportGreyFailure connections(Watch w, GroupState group, String member, Vitals vitals) {
        int limit = group.troubles().has(GreyFailure.CONNECTIONS_SHORT, member) ? SLOTS_WELL : SLOTS_SHORT;
        return new ReportGreyFailure(
                w.stamp(),
                member,
                GreyFailure.CONNECTIONS_SHORT,
                100L * vitals.slotsUsed() >= (long) limit * vitals.slotsMax(),
                "clients have %d of %d connections".formatted(vitals.slotsUsed(), vitals.slotsMax()));
    }

    private static ReportGreyFailure replay(Watch w, String member, @Nullable Stalled stalled) {
        long limitMs = STALLED_SUSPECTS * w.sight().timings().suspectAfter().toMillis();
        boolean tooLong = stalled != null && w.nowMs() - stalled.sinceMs() >= limitMs;
        return new ReportGreyFailure(
                w.stamp(),
                member,
                GreyFailure.REPLAY_STALLED,
                tooLong,
                stalled == null
                        ? "it applies what it receives"
                        : "it has applied nothing beyond %s for %d s"
                                .formatted(stalled.at(), (w.nowMs() - stalled.sinceMs()) / 1000));
    }

    /** Where there is nothing more to replay nothing stalls. */
    private Map<String, Stalled> stalledNow(Watch w, GroupState group) {
        var now = new TreeMap<String, Stalled>();
        for (String member : w.inReach(group)) {
            Heard heard = w.peers().get(member);
            DatabaseStatus db = heard == null ? null : heard.status().database();
            if (db == null || db.process() != Process.STANDBY || db.replayed().isAtLeast(db.lsn())) {
                continue;
            }
            Stalled before = stalled.get(member);
            now.put(
                    member,
                    before != null && before.at().equals(db.replayed())
                            ? before
                            : new Stalled(db.replayed(), w.nowMs()));
        }
        return Map.copyOf(now);
    }

    /** The primary flushes what it writes: its own write probe sees to that. */
    private Map<String, Flushes> flushesNow(Watch w, GroupState group) {
        var now = new TreeMap<String, Flushes>();
        Heard primary = group.primary() == null ? null : w.peers().get(group.primary());
        DatabaseStatus db = primary != null && w.inReach(group).contains(group.primary())
                ? primary.status().database()
                : null;
        for (String member : group.troubles().with(GreyFailure.FLUSH_STALLED)) {
            Lsn at = db == null ? null : flushedBy(member, group, db);
            if (db != null && at != null) {
                Flushes before = flushes.get(member);
                boolean goesOn =
                        at.isAtLeast(db.lsn()) || before != null && !before.at().isAtLeast(at);
                now.put(
                        member,
                        before != null && goesOn ? new Flushes(at, before.sinceMs()) : new Flushes(at, w.nowMs()));
            }
        }
        return Map.copyOf(now);
    }

    /** Null: it does not stream. */
    private static @Nullable Lsn flushedBy(String member, GroupState group, DatabaseStatus primary) {
        return member.equals(group.primary())
                ? primary.lsn()
                : primary.senders().stream()
                        .filter(s -> s.member().equals(member) && s.state().equals("streaming"))
                        .map(Sender::flushLsn)
                        .findFirst()
                        .orElse(null);
    }

    /** Standbys that stream from the primary, are in reach and say themselves that their disks have room. */
    private static List<StandbyLag> roomy(Watch w, GroupState group) {
        return streaming(w, group).stream()
                .filter(standby -> level(w, group, standby.member()) == Level.OK)
                .toList();
    }

    /** Who takes over has an agent that answers. */
    private static List<StandbyLag> streaming(Watch w, GroupState group) {
        var streaming = new ArrayList<StandbyLag>();
        Heard primary = group.primary() == null ? null : w.peers().get(group.primary());
        if (primary == null || !w.inReach(group).contains(group.primary())) {
            return streaming;
        }
        DatabaseStatus db = primary.status().database();
        for (Sender sender : db.senders()) {
            if (sender.state().equals("streaming") && w.inReach(group).contains(sender.member())) {
                streaming.add(new StandbyLag(sender.member(), db.lsn().bytesSince(sender.flushLsn())));
            }
        }
        return List.copyOf(streaming);
    }

    private static List<Space> spaces(Watch w, String member) {
        Heard heard = w.peers().get(member);
        return heard == null ? List.of() : heard.status().vitals().spaces();
    }

    /** As it says itself now; null: it says nothing. */
    private static @Nullable Level level(Watch w, GroupState group, String member) {
        Heard heard = w.inReach(group).contains(member) ? w.peers().get(member) : null;
        List<Space> spaces = heard == null ? List.of() : heard.status().vitals().spaces();
        return spaces.isEmpty()
                ? null
                : Headroom.of(
                        group.troubles().disk(member), spaces, group.settings().disk());
    }
}
