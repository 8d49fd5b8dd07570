package io.interrex.cluster.supervision;

import static io.interrex.cluster.group.Facts.evidence;

import io.interrex.cluster.detection.LocalHealth;
import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.Evidence.Dead;
import io.interrex.cluster.group.Evidence.NoAnswer;
import io.interrex.cluster.group.Evidence.Revoked;
import io.interrex.cluster.group.Evidence.VoterView;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupCommand.StartFailover;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.Vitals;
import io.interrex.cluster.supervision.Supervision.Step;
import io.interrex.cluster.supervision.Watch.Heard;
import io.interrex.cluster.supervision.Watch.Inquiry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The supervisor of node b, started at 0 ms; profile fast: r 200, suspect 800, W 1450, continue after 600 ms. What a voter says is
 * written as in Facts.
 */
abstract class SupervisorDesk {

    static final long NOW_MS = 10_000;

    int rank;
    boolean pausedLately;
    Inquiry inquiry = Inquiry.NONE;
    long epochForMs;
    long wallStepMs;
    long lastEventMs = NOW_MS;
    Map<String, Heard> peers = inReach(NOW_MS, "b", "c", "d");

    static Map<String, Heard> inReach(long atMs, String... members) {
        var peers = new HashMap<String, Heard>();
        for (String member : members) {
            peers.put(member, Heard.of(null, status(member, Process.STANDBY), atMs));
        }
        return peers;
    }

    static MemberStatus status(String member, Process process) {
        var database = new DatabaseStatus(
                process,
                0,
                "7",
                1,
                new Lsn(77),
                Lsn.ZERO,
                false,
                null,
                0,
                null,
                "",
                List.of(),
                false,
                0,
                0,
                null,
                "test");
        return status(member, database, Gate.Position.CLOSED, Vitals.UNKNOWN);
    }

    /** What the agent of a member says in epoch 1, beside what is given. */
    static MemberStatus status(String member, DatabaseStatus database, Gate.Position gate, Vitals vitals) {
        return new MemberStatus("main", member, 1, 1, 1, 1, 1, database, gate, 0, -1, vitals, "test", null);
    }

    Watch watch(@Nullable GroupState group, @Nullable String voter, long nowMs) {
        long epoch = group == null ? 0 : group.epoch();
        VoterView view =
                voter == null ? null : (VoterView) evidence(voter, epoch).getFirst();
        return new Watch(
                "b",
                group,
                lastEventMs,
                0,
                peers,
                view,
                rank,
                sight(nowMs),
                inquiry,
                new Stamp("b", Groups.NOW_MS + wallStepMs, epochForMs),
                new UUID(1, 1),
                nowMs);
    }

    /** It has noticed nothing by itself but a pause of its own, where there was one. */
    Sight sight(long nowMs) {
        LocalHealth health = LocalHealth.start(550, pausedLately ? nowMs - 551 : nowMs);
        return new Sight(Groups.SETTINGS.timings(), health.tick(nowMs), Map.of(), Map.of(), nowMs);
    }

    /** One turn; what it asked is remembered. */
    String tick(@Nullable GroupState group, @Nullable String voter, long nowMs) {
        return words(turn(group, voter, nowMs));
    }

    Step turn(@Nullable GroupState group, @Nullable String voter, long nowMs) {
        Step step = Supervision.tick(watch(group, voter, nowMs));
        inquiry = step.inquiry();
        return step;
    }

    void heard(String facts, long epoch) {
        for (Evidence item : evidence(facts, epoch)) {
            inquiry = switch (item) {
                case VoterView view -> inquiry.heard(view);
                case Revoked r -> inquiry.heard(epoch, r.member(), r);
                case Dead d -> inquiry.heard(epoch, d.member(), d);
                case NoAnswer n -> inquiry.heard(epoch, n.who(), n);
                case Evidence.PeerView p -> throw new IllegalArgumentException("nobody asks for it");
            };
        }
    }

    static String words(Step step) {
        var words = new ArrayList<String>();
        for (Act act : step.acts()) {
            words.add(
                    switch (act) {
                        case Act.AskVoters ask -> "AskVoters";
                        case Act.Revoke revoke -> "Revoke " + revoke.members();
                        case Act.PowerOff power -> "PowerOff " + power.order().member();
                        case Act.Submit submit ->
                            submit.command().getClass().getSimpleName()
                                    + (submit.command() instanceof StartFailover start ? " " + start.reason() : "");
                    });
        }
        return words.isEmpty() ? "nothing" : String.join("; ", words);
    }
}
