package io.interrex.cluster.member;

import static io.interrex.cluster.group.Facts.names;
import static io.interrex.cluster.group.Facts.syncSet;
import static io.interrex.cluster.group.Facts.uuid;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.CopySource;
import io.interrex.cluster.group.GroupCommand.StartRebuild;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.hands.RouterStatus;
import io.interrex.cluster.member.MemberHard.Role;
import io.interrex.cluster.port.Database.Position;
import io.interrex.cluster.port.Database.Promoted;
import io.interrex.cluster.port.Database.Upstream;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.port.DatabaseStatus.Sender;
import io.interrex.cluster.port.Nothing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reads the words in which the planners' tables say what a member sees, and says a plan in words. All that is not said is as
 * dull as can be: nothing known, promised, running, held or remembered. It is 100 000 ms o'clock; profile fast.
 *
 * <pre>
 *   me=b  max=2  role=PRIMARY@2  released=1  opened=5000      the member and what its host has promised
 *   STANDBY  STANDBY&lt;a  STANDBY&lt;&lt;a  PRIMARY@5000            the server: in recovery, configured to follow a, receiving from a;
 *                                                             a primary whose run started at 5000
 *   lsn=90  marker=1  marker=2x  sender=b:streaming:90        its data (x: a uuid that is not the log's) and who streams from it
 *   system=8                                                  the system identifier of its data (7, which is the group's)
 *   lease=2  lease=2:300  unarmed  probe=900                  its lease (1000 ms left, or 300), guard and write probe
 *   pooler=app:held  asked-since=100                          what a pooler says; since when they are asked
 *   revoke=3  peer=b:90  serving=a  busy                      what others asked and said; a step still runs
 *   still                                                     it takes no WAL any more, and stands where its data say
 *   cleanly  unsure                                           the files show a shutdown checkpoint; a process may be left
 *   detached=2:90  promoted=2:90  marked=2:100 ...            what the agent remembers ({@link Progress}); -since words are in
 *                                                             ms before now
 * </pre>
 */
final class Situation {

    static final long NOW_MS = 100_000;
    private static final String SYSTEM = "7";
    static final long START_MS = 5_000;

    private final @Nullable GroupState group;
    private final Map<String, String> said = new HashMap<>();
    private final List<Sender> senders = new ArrayList<>();
    private final Map<String, Lsn> peers = new HashMap<>();
    private final Set<String> serving = new TreeSet<>();
    private final SortedMap<String, RouterStatus.Pooler> poolers = new TreeMap<>();
    private final List<CopySource> copySources = new ArrayList<>();
    private Progress progress = Progress.NONE.emptied();
    private Process process = Process.STOPPED;
    private long startedAtMs;
    private @Nullable String upstream;
    private boolean receiving;
    private boolean still;
    private boolean settled = true;
    private boolean armed = true;
    private boolean cleanly;

    private Situation(@Nullable GroupState group) {
        this.group = group;
    }

    static MemberView view(@Nullable GroupState group, String words) {
        var situation = new Situation(group);
        for (String word : words.strip().split(" +")) {
            situation.read(word);
        }
        return situation.view();
    }

    private static RouterStatus.Pooler pooler(String word) {
        return switch (word) {
            case "idle" -> RouterStatus.Pooler.IDLE;
            case "held" -> new RouterStatus.Pooler(Groups.ORDER, true, "");
            case "refuses" -> new RouterStatus.Pooler(Groups.ORDER, false, "one transaction is open");
            case "held-before" -> new RouterStatus.Pooler(new UUID(8, 8), true, "");
            case "refused-before" -> new RouterStatus.Pooler(new UUID(8, 8), false, "one transaction is open");
            default -> throw new IllegalArgumentException(word);
        };
    }

    private void read(String word) {
        String[] pair = word.split("=", 2);
        String value = pair.length > 1 ? pair[1] : "";
        switch (pair[0]) {
            case "me", "max", "role", "released", "opened", "lsn", "marker", "system", "lease", "probe", "revoke" ->
                said.put(pair[0], value);
            case "sender" -> senders.add(sender(value.split(":")));
            case "peer" -> peers.put(value.split(":")[0], new Lsn(Long.parseLong(value.split(":")[1])));
            case "serving" -> serving.add(value);
            case "source" -> copySources.add(new CopySource(value, 0, uuid(1), false));
            case "pooler" -> poolers.put(value.split(":")[0], pooler(value.split(":")[1]));
            case "busy" -> settled = false;
            case "still" -> still = true;
            case "unarmed" -> armed = false;
            case "cleanly" -> cleanly = true;
            case "unsure" -> progress = progress.starting();
            default -> {
                if (Character.isUpperCase(word.charAt(0))) {
                    server(word);
                } else {
                    progress = remembered(pair[0], value).apply(progress);
                }
            }
        }
    }

    private void server(String word) {
        process = Process.valueOf(word.replaceAll("[<@].*", ""));
        if (word.contains("<")) {
            upstream = word.substring(word.lastIndexOf('<') + 1).replaceAll("@.*", "");
            receiving = word.contains("<<");
        }
        startedAtMs = word.contains("@") ? Long.parseLong(word.substring(word.indexOf('@') + 1)) : 0;
    }

    private static Sender sender(String[] parts) {
        Lsn lsn = new Lsn(Long.parseLong(parts[2]));
        return new Sender(parts[0], parts[1], lsn, lsn, "quorum");
    }

    private UnaryOperator<Progress> remembered(String what, String value) {
        String[] parts = value.split(":");
        long number = parts[0].matches("\\d+") ? Long.parseLong(parts[0]) : 0;
        Lsn lsn = new Lsn(parts.length > 1 && parts[1].matches("\\d+") ? Long.parseLong(parts[1]) : number);
        return switch (what) {
            case "detached" -> p -> p.detachedAt(number, new Position(lsn, 1, 1, uuid(1), "7"));
            case "promoted" -> p -> p.promotedAs(number, new Promoted(2, lsn));
            case "marked" -> p -> p.marked(number, lsn);
            case "flushed" -> p -> p.flushed(new Lsn(number), names(parts.length > 1 ? parts[1] : ""));
            case "slots" -> p -> p.slotsFor(names(value));
            case "admitted" -> p -> p.admitted(p.admission().closings(), false);
            case "admitted-to-read" -> p -> p.admitted(p.admission().closings(), true);
            case "started" -> p -> p.startedAs(null);
            case "sent-away" -> Progress::sentAway;
            case "applied" -> p -> p.syncSetApplied(syncSet(parts[0].replace('+', ' ')), lsn);
            case "barrier" -> p -> p.observed(server(Process.PRIMARY, START_MS, new Lsn(number), List.of()), NOW_MS);
            case "checkpointed" -> p -> p.checkpointedFor(Groups.ORDER);
            case "asked-since" -> p -> p.asking(Groups.ORDER, NOW_MS - number);
            case "stopped-since" -> p -> p.stoppedCleanlyAt(lsn, NOW_MS - number);
            case "unwell-since" -> p -> p.observed(server(process, 0, Lsn.ZERO, List.of()), NOW_MS - number);
            case "dry-since" -> p -> p.observed(dry(), NOW_MS - number);
            case "looked-since" -> p -> p.observed(server(Process.PRIMARY, 0, Lsn.ZERO, List.of()), NOW_MS - number);
            case "streaming-since" -> p -> p.observed(streaming(parts[1]), NOW_MS - number);
            case "owes" -> p -> owes(p, parts[1], new Lsn(Long.parseLong(parts[2])), number);
            case "follows" -> p -> followed(p, number);
            case "follow-begun" -> p -> Folding.began(p, new Step.Follow(new Upstream("a", "a", 5432)));
            case "rebuilt" -> p -> p.rebuilt(value, null);
            case "copied" -> p -> Folding.done(Folding.began(p, copyOf(value)), copyOf(value), Nothing.NOTHING, NOW_MS);
            case "copy-unknown" -> p -> Folding.failed(p, copyOf(value), "its disk is full", false);
            case "copied-for-order" -> p -> p.rebuilt(value, Groups.ORDER);
            case "rewind-failed" ->
                p -> Folding.failed(p, new Step.Rewind(new Upstream("a", "a", 5432)), "no hints", true);
            case "copy-failed" -> p -> Folding.failed(p, copyOf(value), "its disk is full", true);
            case "crashed-since" -> p -> p.died(NOW_MS - number, false, "signal 6");
            case "unkillable" -> p -> p.unkillable("process 7 outlives SIGKILL in state D at nfs_wait_bit_killable");
            case "lease-lost" -> p -> p.lease(true);
            default -> throw new IllegalArgumentException("not a word of a situation: " + what);
        };
    }

    private static Step copyOf(String source) {
        return new Step.Clone(new Upstream("a", "a", 5432), new Upstream(source, source, 5432), null);
    }

    private static Progress followed(Progress from, long times) {
        Progress progress = from;
        for (int i = 0; i < times; i++) {
            progress = progress.following("a");
        }
        return progress;
    }

    private static DatabaseStatus streaming(String member) {
        return server(Process.PRIMARY, 0, Lsn.ZERO, List.of(new Sender(member, "streaming", Lsn.ZERO, Lsn.ZERO, "")));
    }

    /** Since so long, and at the last look now; it holds so much, and there is more. */
    private Progress owes(Progress progress, String member, Lsn flushed, long forMs) {
        var owing = new Sender(member, "streaming", flushed, flushed, "quorum");
        if (senders.stream().noneMatch(owing::equals)) {
            senders.removeIf(s -> s.member().equals(member));
            senders.add(owing);
        }
        DatabaseStatus seen = server(Process.PRIMARY, START_MS, new Lsn(100), List.of(owing));
        return progress.observed(seen, NOW_MS - forMs).observed(seen, NOW_MS);
    }

    private static DatabaseStatus dry() {
        return status(SYSTEM, Process.STANDBY, 0, Lsn.ZERO, "a", false, 0, null, List.of(), false);
    }

    private static DatabaseStatus server(Process process, long startedAtMs, Lsn lsn, List<Sender> senders) {
        return status(SYSTEM, process, startedAtMs, lsn, null, false, 0, null, senders, false);
    }

    private static DatabaseStatus status(
            String systemId,
            Process process,
            long startedAtMs,
            Lsn lsn,
            @Nullable String upstream,
            boolean receiving,
            long epochInWal,
            @Nullable UUID uuid,
            List<Sender> senders,
            boolean cleanly) {
        return new DatabaseStatus(
                process,
                startedAtMs,
                systemId,
                1,
                lsn,
                lsn,
                receiving,
                upstream,
                epochInWal,
                uuid,
                "",
                senders,
                cleanly,
                1L << 40,
                150_000,
                null,
                null);
    }

    private MemberView view() {
        String[] role = said.getOrDefault("role", "NONE@0").split("@");
        var hard = new MemberHard(
                number("max"), number("released"), 1, Role.valueOf(role[0]), Long.parseLong(role[1]), number("opened"));
        String marker = said.getOrDefault("marker", "1");
        long markerEpoch = Long.parseLong(marker.replace("x", ""));
        UUID markerUuid = marker.endsWith("x") ? new UUID(9, markerEpoch) : uuid(markerEpoch);
        if (still) {
            progress = progress.detachedAt(
                    number("max"), new Position(new Lsn(number("lsn")), 1, markerEpoch, markerUuid, SYSTEM));
        }
        String[] lease = said.getOrDefault("lease", "0:0").split(":");
        return new MemberView(
                said.getOrDefault("me", "a"),
                group,
                hard,
                status(
                        said.getOrDefault("system", SYSTEM),
                        process,
                        startedAtMs,
                        new Lsn(number("lsn")),
                        upstream,
                        receiving,
                        markerEpoch,
                        markerUuid,
                        List.copyOf(senders),
                        cleanly),
                settled,
                progress,
                Long.parseLong(lease[0]),
                lease.length > 1 ? Long.parseLong(lease[1]) : 1_000,
                armed && !lease[0].equals("0"),
                said.containsKey("probe") ? number("probe") : -1,
                number("revoke"),
                peers,
                serving,
                poolers,
                copySources,
                Groups.SETTINGS.timings(),
                Groups.STAMP,
                NOW_MS);
    }

    private long number(String key) {
        return Long.parseLong(said.getOrDefault(key, "0"));
    }

    /** What a plan makes true, in words: {@code Promote 2 ANY 1 (c); lease 2 armed}. */
    static String words(MemberView v, Plan plan) {
        var words = new StringBuilder();
        MemberHard save = plan.save();
        if (save != null) {
            words.append("save").append(saved(v.hard(), save));
        } else {
            words.append(plan.step() == null ? "wait" : words(plan.step()));
        }
        if (plan.leaseEpoch() != 0) {
            words.append("; lease ").append(plan.leaseEpoch());
        }
        words.append(plan.armGuard() ? " armed" : "").append(plan.allowGate() ? " gate" : "");
        return words.append(plan.allowRead() ? "; read" : "").toString();
    }

    private static String saved(MemberHard before, MemberHard after) {
        var words = new StringBuilder();
        if (after.maxEpoch() != before.maxEpoch()) {
            words.append(" max=").append(after.maxEpoch());
        }
        if (after.released() != before.released()) {
            words.append(" released=").append(after.released());
        }
        if (after.role() != before.role() || after.roleEpoch() != before.roleEpoch()) {
            words.append(" role=").append(after.role()).append('@').append(after.roleEpoch());
        }
        if (after.openedStartMs() != before.openedStartMs()) {
            words.append(" opened=").append(after.openedStartMs());
        }
        return words.toString();
    }

    static String words(Step step) {
        String name = step.getClass().getSimpleName();
        return switch (step) {
            case Step.StartStandby s ->
                name + " of " + (s.upstream() == null ? "nobody" : s.upstream().member());
            case Step.StartPrimary s -> name + " " + s.syncSet();
            case Step.Follow s -> name + " " + s.upstream().member();
            case Step.Detach s -> name + " " + s.epoch();
            case Step.Promote s -> name + " " + s.epoch() + " " + s.syncSet();
            case Step.WriteMarker s -> name + " " + s.epoch() + " " + s.uuid().getLeastSignificantBits();
            case Step.ApplySyncSet s -> name + " " + s.syncSet();
            case Step.CheckFlushed s -> name + " " + s.lsn().value() + " " + s.members();
            case Step.EnsureSlots s -> name + " " + s.members();
            case Step.Rewind s -> name + " to " + s.upstream().member();
            case Step.Clone s -> name + " of " + s.source().member();
            case Step.Kill s -> s.hung() ? name + " hung" : name;
            case Step.Release s -> name + " " + s.epoch();
            case Step.Submit s ->
                s.command().getClass().getSimpleName()
                        + (s.command() instanceof StartRebuild rebuild ? " " + rebuild.method() : "");
            case Step.Initialise s -> name;
            case Step.Checkpoint s -> name;
            case Step.HoldPoolers s -> name;
            case Step.Admit s -> name;
            case Step.StopClean s -> name;
        };
    }
}
