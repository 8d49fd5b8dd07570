package io.interrex.cluster.supervision;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.Facts;
import io.interrex.cluster.group.GroupCommand.AuthorizePromotion;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.Vitals;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given that b began epoch 2 and asked a, b and c to revoke; suspect is 800 ms, the usual wait 300 ms. */
@DisplayName("How long a promotion waits for answers")
final class RevocationPatienceTest {

    private static final long ASKED_MS = 50_000;

    @ParameterizedTest(name = "{0} answered, {1} in reach, target {2}, after {3} ms => proposed: {4}")
    @CsvSource({
        // all who can answer have: no wait
        "b:90 c:90,        b c,   ,    0, true",
        "a:dead:100 b:90 c:90, a b c, , 0, true",
        // b alone may be promoted, because a stopped cleanly, but commits would have no second copy: c gets longer
        "a:stopped:90 b:90, a b c, ,  299, false",
        "a:stopped:90 b:90, a b c, ,  301, false",
        "a:stopped:90 b:90, a b c, ,  799, false",
        "a:stopped:90 b:90, a b c, ,  801, true",
        // two standbys are as many copies as configured: the former primary gets the usual wait
        "b:90 c:90,        a b c, ,  299, false",
        "b:90 c:90,        a b c, ,  301, true",
        // a person named c
        "a:stopped:90 b:90, a b c, c, 301, false",
        "a:stopped:90 b:90, a b c, c, 801, true",
        "b:90 c:90,        a b c, c, 301, true",
    })
    void waits(String facts, String reach, @Nullable String target, long afterMs, boolean proposed) {
        GroupState group = Groups.started(Groups.steady(), target, target == null ? null : Groups.ORDER);
        var step = Supervision.tick(watch(group, facts, reach, afterMs));
        assertEquals(
                proposed,
                step.acts().stream()
                        .anyMatch(act -> act instanceof Act.Submit s && s.command() instanceof AuthorizePromotion));
    }

    private static Watch watch(GroupState group, String facts, String reach, long afterMs) {
        long nowMs = ASKED_MS + afterMs;
        var peers = new HashMap<String, Watch.Heard>();
        Facts.names(reach).forEach(member -> peers.put(member, Watch.Heard.of(null, status(member), nowMs)));
        var answers = new HashMap<String, Evidence>();
        for (Evidence answer : Facts.evidence(facts, 2)) {
            answers.put(member(answer), answer);
        }
        var inquiry = new Watch.Inquiry(0, 0, -1, Map.of(), 2, ASKED_MS, nowMs, answers, -1);
        return new Watch(
                "b",
                group,
                ASKED_MS,
                0,
                peers,
                null,
                0,
                Sight.start(group.settings().timings(), nowMs),
                inquiry,
                Groups.STAMP,
                new UUID(0, 2),
                nowMs);
    }

    private static String member(Evidence answer) {
        return switch (answer) {
            case Evidence.Revoked r -> r.member();
            case Evidence.Dead d -> d.member();
            case Evidence.NoAnswer n -> n.who();
            case Evidence.VoterView v -> v.voter();
            case Evidence.PeerView p -> throw new IllegalArgumentException("not about a member: " + p);
        };
    }

    private static MemberStatus status(String member) {
        return new MemberStatus(
                "main",
                member,
                1,
                1,
                2,
                2,
                9,
                DatabaseStatus.unknown("not looked at"),
                Gate.Position.CLOSED,
                0,
                -1,
                Vitals.UNKNOWN,
                "revoked",
                null);
    }
}
