package io.interrex.cluster.supervision;

import static io.interrex.cluster.group.Facts.evidence;
import static io.interrex.cluster.group.Groups.authorized;
import static io.interrex.cluster.group.Groups.started;
import static io.interrex.cluster.group.Groups.steady;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.Evidence.VoterView;
import io.interrex.cluster.group.GroupCommand.AuthorizePromotion;
import io.interrex.cluster.group.GroupCommand.StartFailover;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.group.Reason;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.supervision.Supervision.Step;
import io.interrex.cluster.supervision.Watch.Heard;
import io.interrex.cluster.supervision.Watch.Inquiry;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given the supervisor of {@link SupervisorDesk}; members b, c and d are standbys in reach, a is not. */
@DisplayName("A supervisor")
class SupervisionTest extends SupervisorDesk {

    @ParameterizedTest(name = "{0} at {1} ms => {2}")
    @CsvSource({
        "b~799,      10000, nothing",
        "b~800,      10000, ReportSuspicion; AskVoters",
        "b~9999,      3049, nothing",
        "b~9999,      3050, ReportSuspicion; AskVoters",
        "b~released,     1, AskVoters; StartFailover RELEASED",
        "b~released, 10000, AskVoters; StartFailover RELEASED",
        "b~starting, 10000, nothing",
        ",           10000, nothing",
    })
    @DisplayName("suspects nobody within W + 2 x suspect of its own start (R345), and then by the silence of its voter;"
            + " a lease that was given back is no suspicion and needs no waiting")
    void suspects(@Nullable String voter, long ms, String acts) {
        assertEquals(acts, tick(steady(), voter, ms));
    }

    @Test
    @DisplayName("does nothing for a group that it does not know, or that has no primary yet")
    void nothingToWatch() {
        assertEquals("nothing", tick(null, "b~9999", NOW_MS));
        GroupState created = Groups.created(Groups.SETTINGS, Groups.members());
        assertEquals("nothing", tick(created, "b~9999", NOW_MS));
    }

    @Test
    @DisplayName("proposes as soon as a majority agrees, once, with what the voters said and who is in reach")
    void proposes() {
        assertEquals("ReportSuspicion; AskVoters", tick(steady(), "b~800", NOW_MS));
        assertEquals("nothing", tick(steady(), "b~820", NOW_MS + 20));
        heard("c~830", 1);
        Step step = turn(steady(), "b~830", NOW_MS + 30);
        var submit = assertInstanceOf(Act.Submit.class, step.acts().getFirst());
        var start = assertInstanceOf(StartFailover.class, submit.command());
        assertEquals(Reason.LEASE_SILENT, start.reason());
        assertEquals("[b, c, d]", start.standbysInReach().toString());
        assertEquals(3, start.evidence().size(), "two voters, and what b sees itself");
        assertEquals("nothing", tick(steady(), "b~840", NOW_MS + 40));
        assertEquals("nothing", tick(steady(), "b~1029", NOW_MS + 229));
        assertEquals("ReportSuspicion; AskVoters", tick(steady(), "b~1030", NOW_MS + 230), "and asks anew after r");
    }

    @Test
    @DisplayName("does not report its suspicion again where the log has it")
    void reported() {
        GroupState known = Groups.after(
                steady(), new GroupEvent.PrimarySuspected(1, RuleId.PRIMARY_SUSPECTED, "a", "b", "x", List.of()));
        assertEquals("AskVoters", tick(known, "b~800", NOW_MS));
    }

    @ParameterizedTest(name = "suspected by b: {0}, its voter hears a => {1}")
    @CsvSource({"true, ClearSuspicion", "false, nothing"})
    void clears(boolean reported, String acts) {
        GroupState known = Groups.after(
                steady(),
                new GroupEvent.PrimarySuspected(
                        1, RuleId.PRIMARY_SUSPECTED, "a", reported ? "b" : "c", "x", List.of()));
        assertEquals(acts, tick(known, "b~100", NOW_MS));
    }

    @ParameterizedTest(name = "rank {0}, paused lately: {1}, {2} ms after its suspicion => proposes: {3}")
    @CsvSource({
        "0, false,    0, true",
        "1, false,  299, false",
        "1, false,  300, true",
        "2, false,  599, false",
        "2, false,  600, true",
        "0, true,   499, false",
        "0, true,   500, true",
        "1, true,   799, false",
        "1, true,   800, true",
    })
    @DisplayName("of a higher rank speaks later, and last if it stood still lately")
    void ranks(int ofRank, boolean paused, long afterMs, boolean proposes) {
        rank = ofRank;
        pausedLately = paused;
        tick(steady(), "b~released", NOW_MS - afterMs);
        if (afterMs > 0) {
            assertEquals(proposes, tick(steady(), "b~released", NOW_MS).contains("StartFailover"));
        } else {
            assertTrue(inquiry.submittedMs() >= 0);
        }
    }

    /** The simulator's find: a release of an older epoch, remembered by one voter, opened questions for ever. */
    @Test
    @DisplayName("takes a release of an older epoch for what it is: history")
    void releaseOfHistory() {
        GroupState later = Groups.secondReign(Groups.SETTINGS);
        assertEquals("nothing", tick(later, "b~released^1", NOW_MS));
        inquiry = Inquiry.NONE.heard((VoterView) evidence("c~released^1", 2).getFirst());
        assertEquals("nothing", tick(later, "b~100", NOW_MS));
        inquiry = Inquiry.NONE.heard((VoterView) evidence("c~released", 2).getFirst());
        assertEquals("AskVoters", tick(later, "b~100", NOW_MS), "of this epoch it opens the question");
    }

    @Test
    @DisplayName("follows a release of a switchover without reporting a suspicion")
    void switchover() {
        assertEquals(
                "AskVoters; StartFailover SWITCHOVER", tick(Groups.switchingOver(steady(), "b"), "b~released", NOW_MS));
    }

    @Test
    @DisplayName(
            "that began a failover asks all members to revoke at once, then every 100 ms those that did not answer")
    void revokes() {
        GroupState begun = started(steady());
        assertEquals("Revoke [a, b, c, d]", tick(begun, "b~900", NOW_MS));
        assertEquals("nothing", tick(begun, "b~900", NOW_MS + 50));
        heard("b:90 d:none", 2);
        assertEquals("Revoke [a, c, d]", tick(begun, "b~900", NOW_MS + 100));
    }

    @Test
    @DisplayName("proposes a candidate when everybody in reach has answered")
    void authorizes() {
        GroupState begun = started(steady());
        tick(begun, "b~900", NOW_MS);
        heard("b:90 c:80 d:70", 2);
        Step step = turn(begun, "b~900", NOW_MS + 20);
        var submit = assertInstanceOf(Act.Submit.class, step.acts().getFirst());
        var proposal = assertInstanceOf(AuthorizePromotion.class, submit.command());
        assertEquals(4, proposal.evidence().size(), "a too: it did not answer");
        assertEquals(Lsn.ZERO, proposal.lastPrimaryLsn());
        assertEquals("nothing", tick(begun, "b~900", NOW_MS + 30), "not twice within 100 ms");
    }

    @Test
    @DisplayName("does not propose what the decider would refuse while somebody in reach may still answer")
    void waitsForAnswers() {
        GroupState begun = started(steady());
        tick(begun, "b~900", NOW_MS);
        heard("b:90 d:70", 2);
        assertEquals("nothing", tick(begun, "b~900", NOW_MS + 20));
        heard("c:95", 2);
        assertTrue(tick(begun, "b~900", NOW_MS + 40).contains("AuthorizePromotion"));
    }

    @Test
    @DisplayName("forgets answers for an epoch that is no longer asked about")
    void staleAnswers() {
        GroupState begun = started(steady());
        tick(begun, "b~900", NOW_MS);
        heard("b:90 c:80 d:70", 1);
        assertEquals(Map.of(), inquiry.revocations());
    }

    @ParameterizedTest(name = "rank {0}, {1} ms without an event => goes on: {2}")
    @CsvSource({"0, 599, false", "0, 600, true", "1, 1199, false", "1, 1200, true"})
    @DisplayName("goes on with another's failover when the log stays silent, by rank")
    void continues(int ofRank, long quietMs, boolean goesOn) {
        rank = ofRank;
        lastEventMs = NOW_MS - quietMs;
        GroupState ofAnother = Groups.after(
                steady(),
                new GroupEvent.FailoverStarted(
                        2,
                        RuleId.FAILOVER_BY_MAJORITY,
                        "a",
                        Reason.LEASE_SILENT,
                        List.of(),
                        "c",
                        Groups.EXPIRES_MS,
                        null,
                        null));
        assertEquals(goesOn, tick(ofAnother, "b~900", NOW_MS).startsWith("Revoke"));
    }

    @ParameterizedTest(name = "{0}, {1} ms before the expiry, voter says {2} => {3}")
    @CsvSource({
        "STARTED,    1, b~900,      'Revoke [a, b, c, d]'",
        "STARTED,    0, b~900,      StartFailover EXPIRED",
        "AUTHORIZED, 1, b~900,      nothing",
        "AUTHORIZED, 0, b~900,      StartFailover EXPIRED",
        "AUTHORIZED, 1, b~released, AskVoters; StartFailover RELEASED",
        "AUTHORIZED, 1, b~released^1, nothing",
    })
    @DisplayName("begins the next epoch when a failover expired, or its candidate gave up")
    void expiry(GroupState.Phase phase, long beforeMs, String voter, String acts) {
        epochForMs = 15_000 - beforeMs;
        wallStepMs = 3_600_000 * beforeMs;
        assertEquals(acts, tick(phase == GroupState.Phase.STARTED ? started(steady()) : authorized(), voter, NOW_MS));
    }

    @ParameterizedTest(name = "{0}, heard of {1} ms ago => in reach with data: {2}")
    @CsvSource({
        "STANDBY,     799, true",
        "STANDBY,     800, false",
        "STOPPED,       0, true",
        "STARTING,      0, true",
        "HUNG,          0, true",
        "PRIMARY,       0, true",
        "ABSENT,        0, false",
        "INCOMPLETE,    0, false",
    })
    void reach(Process process, long agoMs, boolean counts) {
        peers = Map.of("a", Heard.of(null, status("a", process), NOW_MS - agoMs));
        GroupState group = steady();
        assertEquals(counts, watch(group, null, NOW_MS).standbysInReach(group).contains("a"));
    }

    @Test
    @DisplayName("says beforehand whether a failover would find enough standbys")
    void couldFailOver() {
        GroupState group = steady();
        assertTrue(Supervision.couldFailOver(watch(group, null, NOW_MS), group));
        peers = inReach(NOW_MS, "b", "d");
        assertFalse(Supervision.couldFailOver(watch(group, null, NOW_MS), group));
        assertEquals(Lsn.ZERO, watch(group, null, NOW_MS).lastLsnOf("b"));
        peers = Map.of("a", Heard.of(null, status("a", Process.PRIMARY), 0));
        assertEquals(new Lsn(77), watch(group, null, NOW_MS).lastLsnOf("a"));
        assertEquals("a", Objects.requireNonNull(group.primary()));
    }

    @Test
    @DisplayName("proposes with the answers in the order of the voters' names, on every machine")
    void answersInOneOrder() {
        Inquiry asked = Inquiry.NONE;
        for (String voter : List.of("h", "c", "f", "a", "g", "d", "b", "e")) {
            asked = asked.heard(new VoterView(voter, 1, 0, 0, false, false));
        }
        assertEquals(
                List.of("a", "b", "c", "d", "e", "f", "g", "h"),
                asked.views().stream().map(VoterView::voter).toList());
    }
}
