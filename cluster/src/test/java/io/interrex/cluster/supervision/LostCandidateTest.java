package io.interrex.cluster.supervision;

import static io.interrex.cluster.group.Groups.started;
import static io.interrex.cluster.group.Groups.steady;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.interrex.cluster.group.GroupCommand.StartFailover;
import io.interrex.cluster.group.GroupDecider;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.group.Reason;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.supervision.Supervision.Step;
import io.interrex.cluster.supervision.Watch.Inquiry;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given the supervisor of {@link SupervisorDesk}, and an epoch 2 that was given to c; a and b are in reach. */
@DisplayName("A supervisor of an epoch that is not established")
final class LostCandidateTest extends SupervisorDesk {

    @ParameterizedTest(name = "{0} ms after the last event, c heard {1} ms ago, at {2} ms voter says {3} => {4}")
    @CsvSource({
        "800,  800, 10000, b~800,      AskVoters",
        "800,  800, 10000, b~starting, AskVoters",
        "800,  800, 10000, ,           AskVoters",
        "799,  800, 10000, b~9000,     nothing",
        "9000, 799, 10000, b~9000,     nothing",
        "9000, 800, 10000, b~799,      nothing",
        "3049, 900,  3049, b~9000,     nothing",
    })
    @DisplayName(
            "asks about a candidate that neither it nor its voter heard since it was authorized, and not just after its own start")
    void lostCandidate(long quietMs, long agoMs, long nowMs, @Nullable String voter, String acts) {
        lastEventMs = nowMs - quietMs;
        peers = new HashMap<>(inReach(nowMs, "a", "b"));
        peers.putAll(inReach(nowMs - agoMs, "c"));
        assertEquals(acts, tick(givenToC(), voter, nowMs));
    }

    @Test
    @DisplayName(
            "proposes the next epoch when a majority of voters did not hear the candidate, and forgets it when it is heard again")
    void replacesLostCandidate() {
        lastEventMs = NOW_MS - 800;
        epochForMs = 1_000;
        peers = inReach(NOW_MS, "a", "b");
        GroupState given = givenToC();
        assertEquals("AskVoters", tick(given, "b~900", NOW_MS));
        assertEquals(2, inquiry.condition());
        heard("a~900", 2);
        Step step = turn(given, "b~920", NOW_MS + 20);
        var submit = assertInstanceOf(Act.Submit.class, step.acts().getFirst());
        var start = assertInstanceOf(StartFailover.class, submit.command());
        assertEquals(Reason.EXPIRED, start.reason());
        assertEquals("[a, b]", start.standbysInReach().toString());
        peers = inReach(NOW_MS + 30, "a", "b", "c");
        assertEquals("nothing", tick(given, "b~930", NOW_MS + 30));
        assertEquals(Inquiry.NONE, inquiry);
    }

    @Test
    @DisplayName("tells the loss of the first member, asks on, and tells that a majority of voters hears it again")
    void firstMember() {
        GroupState created = Groups.created(Groups.SETTINGS, Groups.members());
        lastEventMs = NOW_MS - 799;
        peers = inReach(NOW_MS, "b", "c");
        assertEquals("nothing", tick(created, "b~9000", NOW_MS));
        lastEventMs = NOW_MS - 800;
        assertEquals("AskVoters", tick(created, "b~9000", NOW_MS));
        heard("c~9000", 1);
        Step step = turn(created, "b~9100", NOW_MS + 100);
        assertEquals("StartFailover EXPIRED", words(step));
        var submit = assertInstanceOf(Act.Submit.class, step.acts().getFirst());
        GroupState alarmed = Groups.after(
                created, GroupDecider.decide(created, submit.command()).events().getFirst());
        assertEquals(RuleId.FIRST_MEMBER_LOST, alarmed.held());
        assertEquals("AskVoters", tick(alarmed, "b~9110", NOW_MS + 110));
        heard("c~10", 1);
        assertEquals("nothing", tick(alarmed, "b~9120", NOW_MS + 120));
        assertEquals("AskVoters", tick(alarmed, "b~20", NOW_MS + 1100));
        heard("c~30", 1);
        assertEquals("ClearSuspicion", tick(alarmed, "b~30", NOW_MS + 1110));
        assertEquals("nothing", tick(created, "b~40", NOW_MS + 1120));
    }

    private static GroupState givenToC() {
        return Groups.authorized(started(steady()), "c", 90, "1 b", 1);
    }
}
