package io.interrex.cluster.supervision;

import io.interrex.cluster.detection.LocalHealth;
import io.interrex.cluster.detection.PhiAccrual;
import io.interrex.cluster.detection.ProbeCounter;
import io.interrex.cluster.group.GroupCommand.ReportMemberHealth;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.settings.Timings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says what one supervisor notices by itself: how surprising the silence of each host is, which members failed three probes in a
 * row, and whether its own process stood still. It opens questions and decides nothing. Soft: a restart forgets it. All times are
 * monotonic, in ms.
 *
 * <p>Made twenty times a second, so the maps are not copied: whoever makes a sight gives them away.
 *
 * @param health of the own process
 * @param rhythms of the hosts' signs of life, by member
 * @param probes by member; one every r
 * @param probedMs when the last probe was made
 */
public record Sight(
        Timings timings,
        LocalHealth health,
        Map<String, PhiAccrual> rhythms,
        Map<String, Probed> probes,
        long probedMs) {

    /** One silence in a hundred million is as long: with the deviation below, about {@code suspect} for a regular host. */
    public static final double PHI_SUSPECT = 8;

    /** A report that changes nothing is not made again for so many r. */
    private static final int TOLD_FOR = 50;

    /**
     * @param changedMs since when the verdict is what it is
     * @param toldMs when this node last reported it; {@link #UNTOLD}: not yet
     * @param why the last probe failed, empty where it did not
     */
    public record Probed(ProbeCounter counter, long changedMs, long toldMs, String why) {
        static final long UNTOLD = Long.MIN_VALUE;
    }

    /** What is to be reported now, and the sight that remembers it. */
    public record News(Sight sight, List<Act> acts) {}

    public Sight {
        rhythms = Collections.unmodifiableMap(rhythms);
        probes = Collections.unmodifiableMap(probes);
    }

    public static Sight start(Timings timings, long nowMs) {
        return new Sight(timings, LocalHealth.start(timings.pauseMax().toMillis(), nowMs), Map.of(), Map.of(), nowMs);
    }

    /** A status of that member came. */
    public Sight heard(String member, long nowMs) {
        var next = new HashMap<>(rhythms);
        PhiAccrual before = rhythms.get(member);
        next.put(member, (before == null ? silence() : before).heartbeat(nowMs));
        return new Sight(timings, health, next, probes, probedMs);
    }

    /** A silence of P is borne; a host that is very regular is granted r/4. */
    private PhiAccrual silence() {
        long everyMs = timings.renewEvery().toMillis();
        return PhiAccrual.start(
                everyMs, everyMs / 4, Math.max(0, timings.pauseMax().toMillis() - everyMs));
    }

    /** One turn of the supervisor's loop; every r the members are probed, but not by a process that only just woke up. */
    public Sight tick(Map<String, Watch.Heard> peers, Collection<String> members, long nowMs) {
        LocalHealth turned = health.tick(nowMs);
        boolean awake = turned.pausedAtMs() != nowMs;
        if (!awake || nowMs - probedMs < timings.renewEvery().toMillis()) {
            return new Sight(timings, turned, rhythms, probes, awake ? probedMs : nowMs);
        }
        var next = new HashMap<>(probes);
        for (String member : members) {
            Probed before = next.getOrDefault(member, new Probed(ProbeCounter.START, nowMs, Probed.UNTOLD, ""));
            String why = trouble(peers.get(member), nowMs);
            if (why != null) {
                ProbeCounter counter = before.counter().after(why.isEmpty());
                boolean same = counter.healthy() == before.counter().healthy();
                next.put(
                        member,
                        new Probed(
                                counter,
                                same ? before.changedMs() : nowMs,
                                same ? before.toldMs() : Probed.UNTOLD,
                                why));
            }
        }
        next.keySet().retainAll(members);
        return new Sight(timings, turned, rhythms, next, nowMs);
    }

    /** Why a probe fails; empty: it does not; null: there is no server to probe. */
    private @Nullable String trouble(Watch.@Nullable Heard heard, long nowMs) {
        if (heard == null) {
            return "its node was never heard of";
        }
        long silentMs = nowMs - heard.atMs();
        if (silentMs > 2 * timings.renewEvery().toMillis()) {
            return "its node says nothing for " + silentMs + " ms";
        }
        MemberStatus status = heard.status();
        String problem = status.database().problem();
        String words = problem == null ? "" : ": " + problem;
        return switch (status.database().process()) {
            case PRIMARY, STANDBY -> "";
            case STOPPED -> "its server is stopped" + words;
            case STARTING -> "its server is starting" + words;
            case HUNG -> "its server does not answer" + words;
            case ABSENT, INCOMPLETE -> null;
        };
    }

    /** 0 for a host that was never heard of. */
    public double phi(@Nullable String member, long nowMs) {
        PhiAccrual rhythm = member == null ? null : rhythms.get(member);
        return rhythm == null ? 0 : rhythm.phi(nowMs);
    }

    /** Null: its host is not suspected. */
    @Nullable
    String suspicion(@Nullable String member, long nowMs) {
        if (member == null) {
            return null;
        }
        double phi = phi(member, nowMs);
        if (phi >= PHI_SUSPECT) {
            return "no sign of life from the host of " + member + " (phi " + Math.round(phi * 10) / 10.0 + ")";
        }
        Probed probed = probes.get(member);
        return probed == null || probed.counter().healthy()
                ? null
                : ProbeCounter.FAILED_MAX + " probes of " + member + " failed: " + probed.why();
    }

    int failedProbes(@Nullable String member) {
        Probed probed = member == null ? null : probes.get(member);
        return probed == null ? 0 : probed.counter().failedInARow();
    }

    /** Later than its rank says: a node that stood still lately speaks last. */
    long abstainMs(long nowMs) {
        return health.abstainMs(nowMs);
    }

    /**
     * What the log does not know yet of the members' health. Rank 0 says it at once, the others where it stays unsaid; each says
     * it once in a long time, so that nodes that see different things do not talk without end.
     *
     * @param startedMs nobody is accused within W + 2*suspect of the supervisor's own start
     */
    public News news(GroupState group, int rank, long startedMs, Stamp stamp, long nowMs) {
        long graceMs =
                timings.silentFor().toMillis() + 2 * timings.suspectAfter().toMillis();
        if (nowMs - startedMs < graceMs || group.phase() != GroupState.Phase.ESTABLISHED) {
            return new News(this, List.of());
        }
        var acts = new ArrayList<Act>();
        var told = new HashMap<String, Probed>();
        long everyMs = timings.renewEvery().toMillis();
        // in the order of the group, so that the same sight always says the same
        for (String member : group.members().keySet()) {
            Probed probed = probes.get(member);
            if (probed == null) {
                continue;
            }
            boolean healthy = probed.counter().healthy();
            boolean known = group.unhealthy().contains(member) != healthy;
            boolean turn = nowMs - probed.changedMs() >= 5L * rank * everyMs + abstainMs(nowMs);
            boolean lately = probed.toldMs() != Probed.UNTOLD && nowMs - probed.toldMs() < TOLD_FOR * everyMs;
            boolean alone = !healthy && group.upkeep().isInMaintenance(member);
            if (!known && turn && !lately && !alone && !group.rebuilding().containsKey(member)) {
                String why = healthy ? "it answers again" : ProbeCounter.FAILED_MAX + " probes failed: " + probed.why();
                acts.add(new Act.Submit(new ReportMemberHealth(stamp, member, healthy, why)));
                told.put(member, new Probed(probed.counter(), probed.changedMs(), nowMs, probed.why()));
            }
        }
        if (told.isEmpty()) {
            return new News(this, List.of());
        }
        var next = new HashMap<>(probes);
        next.putAll(told);
        return new News(new Sight(timings, health, rhythms, next, probedMs), List.copyOf(acts));
    }
}
