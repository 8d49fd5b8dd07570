package io.interrex.cluster.supervision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.Evidence.VoterView;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupCommand.ReportMemberHealth;
import io.interrex.cluster.group.GroupCommand.ReportSuspicion;
import io.interrex.cluster.group.GroupCommand.StartFailover;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.group.MaintenanceTest;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.Vitals;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Given node b, which hears a status of a, the primary, and of c every 200 ms, and turns its own loop every 50 ms: profile fast,
 * suspect 800 ms. Until second 60 all is well.
 */
final class SightTest {

    private static final long START_MS = 0;
    private static final long WELL_UNTIL_MS = 60_000;
    private static final GroupState GROUP = Groups.steady();
    private static final Set<String> MEMBERS = Set.of("a", "b", "c");

    private final Map<String, Watch.Heard> peers = new HashMap<>();
    private Sight sight = Sight.start(Groups.SETTINGS.timings(), START_MS);
    private boolean walFlows;
    private long nowMs = START_MS;

    SightTest() {
        run(WELL_UNTIL_MS, Process.PRIMARY, Process.STANDBY);
    }

    /** Until then a and c tell of themselves; null: they are silent. */
    private void run(long untilMs, Process a, Process c) {
        while (nowMs < untilMs) {
            nowMs += 50;
            if (nowMs % 200 == 0) {
                hear("a", a);
                hear("b", Process.STANDBY);
                hear("c", c);
            }
            sight = sight.tick(peers, MEMBERS, nowMs);
        }
    }

    private void hear(String member, Process process) {
        if (process != Process.ABSENT) {
            long lsn = walFlows ? nowMs : 90;
            peers.put(member, Watch.Heard.of(peers.get(member), status(member, process, lsn), nowMs));
            sight = sight.heard(member, nowMs);
        }
    }

    private static MemberStatus status(String member, Process process, long lsn) {
        var database = new DatabaseStatus(
                process,
                1,
                "7",
                1,
                new Lsn(lsn),
                new Lsn(lsn),
                process == Process.STANDBY,
                process == Process.STANDBY ? "a" : null,
                1,
                null,
                "",
                List.of(),
                false,
                1L << 40,
                150_000,
                null,
                null);
        return SupervisorDesk.status(member, database, Gate.Position.CLOSED, Vitals.UNKNOWN);
    }

    @Test
    @DisplayName("what it noticed is told in the order of the members' names, on every machine")
    void inOneOrder() {
        Sight blind = Sight.start(Groups.SETTINGS.timings(), nowMs);
        for (int probes = 1; probes <= 3; probes++) {
            blind = blind.tick(Map.of(), GROUP.members().keySet(), nowMs + 200 * probes);
        }
        List<String> told = blind.news(GROUP, 0, START_MS, Groups.STAMP, nowMs + 600).acts().stream()
                .map(act -> ((ReportMemberHealth) ((Act.Submit) act).command()).member())
                .toList();
        assertEquals(List.copyOf(GROUP.members().keySet()), told);
    }

    private List<ReportMemberHealth> news(GroupState group, int rank) {
        Sight.News news = sight.news(group, rank, START_MS, Groups.STAMP, nowMs);
        sight = news.sight();
        return news.acts().stream()
                .map(act -> assertInstanceOf(Act.Submit.class, act).command())
                .map(ReportMemberHealth.class::cast)
                .toList();
    }

    @ParameterizedTest(name = "a is silent for {0} ms => suspected: {1}")
    @CsvSource({"200, false", "600, false", "1000, true"})
    void silence(long forMs, boolean suspected) {
        run(WELL_UNTIL_MS + forMs, Process.ABSENT, Process.STANDBY);
        assertEquals(suspected, sight.suspicion("a", nowMs) != null, "phi " + sight.phi("a", nowMs));
        assertEquals(null, sight.suspicion("c", nowMs));
    }

    @Test
    @DisplayName("two failed probes say nothing, three mark the member, one good one clears it")
    void probes() {
        run(WELL_UNTIL_MS + 400, Process.HUNG, Process.STANDBY);
        assertEquals(List.of(), news(GROUP, 0));
        run(WELL_UNTIL_MS + 600, Process.HUNG, Process.STANDBY);
        ReportMemberHealth bad = news(GROUP, 0).getFirst();
        assertEquals("a", bad.member());
        assertFalse(bad.healthy());
        assertEquals("3 probes of a failed: its server does not answer", sight.suspicion("a", nowMs));

        GroupState told = Groups.after(
                GROUP, new GroupEvent.MemberHealthChanged(1, RuleId.MEMBER_UNHEALTHY, "a", false, "b", bad.why()));
        assertEquals(List.of(), news(told, 0));
        run(WELL_UNTIL_MS + 800, Process.PRIMARY, Process.STANDBY);
        assertTrue(news(told, 0).getFirst().healthy());
        assertEquals(null, sight.suspicion("a", nowMs));
    }

    @Test
    @DisplayName("that a member in maintenance is down is told to nobody, before it is over")
    void maintenance() {
        run(WELL_UNTIL_MS + 1_000, Process.PRIMARY, Process.STOPPED);
        assertEquals(List.of(), news(MaintenanceTest.alone(GROUP, "c"), 0));
        assertEquals("c", news(GROUP, 0).getFirst().member());
    }

    @Test
    @DisplayName("two nodes that see different things do not contradict each other for ever: each says it once in 10 s")
    void contradiction() {
        run(WELL_UNTIL_MS + 1_000, Process.PRIMARY, Process.STOPPED);
        assertEquals(1, news(GROUP, 0).size());
        run(WELL_UNTIL_MS + 10_000, Process.PRIMARY, Process.STOPPED);
        assertEquals(List.of(), news(GROUP, 0));
        run(WELL_UNTIL_MS + 11_200, Process.PRIMARY, Process.STOPPED);
        assertEquals(1, news(GROUP, 0).size());
    }

    @Test
    @DisplayName("the next rank speaks a second later; nobody accuses one that is being rebuilt")
    void others() {
        run(WELL_UNTIL_MS + 1_000, Process.PRIMARY, Process.STOPPED);
        assertEquals(List.of(), news(GROUP, 1));
        GroupState rebuilding = Groups.after(
                GROUP,
                new GroupEvent.RebuildStarted(1, RuleId.REBUILD_STARTED, "c", GroupEvent.RebuildMethod.CLONE, "test"));
        assertEquals(List.of(), news(rebuilding, 0));
        run(WELL_UNTIL_MS + 1_600, Process.PRIMARY, Process.STOPPED);
        assertEquals(1, news(GROUP, 1).size());
    }

    @Test
    @DisplayName(
            "a node that stood still accuses nobody for what it did not hear meanwhile, and speaks 500 ms later than others")
    void stoodStill() {
        nowMs += 5_000;
        sight = sight.tick(peers, MEMBERS, nowMs);
        assertEquals(0, sight.failedProbes("a"));
        assertEquals(500, sight.abstainMs(nowMs));
        assertEquals(500, sight.abstainMs(nowMs + 4_999));
        assertEquals(0, Sight.start(Groups.SETTINGS.timings(), nowMs).abstainMs(nowMs));
    }

    private Watch watch(long sinceMs, long askedMs, List<VoterView> answers) {
        var heard = new HashMap<String, VoterView>();
        answers.forEach(view -> heard.put(view.voter(), view));
        var inquiry = new Watch.Inquiry(1, sinceMs, askedMs, heard, 0, 0, -1, Map.of(), -1);
        return new Watch(
                "b", GROUP, 0, START_MS, peers, voter("b", 10), 0, sight, inquiry, Groups.STAMP, new UUID(0, 2), nowMs);
    }

    private static VoterView voter(String name, long silentMs) {
        return new VoterView(name, 1, silentMs, 0, false, false);
    }

    private static List<GroupCommand> submitted(Supervision.Step step) {
        var commands = new ArrayList<GroupCommand>();
        step.acts().forEach(act -> {
            if (act instanceof Act.Submit s) {
                commands.add(s.command());
            }
        });
        return commands;
    }

    @Test
    @DisplayName("failed probes open the question with what this node saw, though its own voter hears the primary")
    void opensTheQuestion() {
        walFlows = true;
        run(WELL_UNTIL_MS + 600, Process.HUNG, Process.STANDBY);
        var step = Supervision.tick(watch(nowMs, -1, List.of()));
        assertTrue(step.acts().contains(new Act.AskVoters()));
        var report = assertInstanceOf(ReportSuspicion.class, submitted(step).getFirst());
        var view = assertInstanceOf(Evidence.PeerView.class, report.evidence().getFirst());
        assertEquals(3, view.probesFailed());
        assertTrue(view.receivesWal());
        assertTrue(view.hostReachable());
    }

    @ParameterizedTest(name = "the peers heard a {0} ms ago, asked {1} ms ago => failover: {2}, asked again: {3}")
    @CsvSource({"900, 10, true, false", "10, 10, false, false", "10, 60, false, true", "700, 60, false, true"})
    void peersDecide(long silentMs, long askedAgoMs, boolean failover, boolean again) {
        run(WELL_UNTIL_MS + 600, Process.HUNG, Process.STANDBY);
        List<VoterView> answers = List.of(voter("a", silentMs), voter("b", silentMs), voter("c", silentMs));
        var step = Supervision.tick(watch(nowMs - 100, nowMs - askedAgoMs, answers));
        assertEquals(failover, submitted(step).stream().anyMatch(StartFailover.class::isInstance));
        assertEquals(again, step.acts().contains(new Act.AskVoters()));
    }

    @Test
    @DisplayName(
            "while a standby gets WAL of the primary nobody takes its place, though the voters miss its renewals (fact 6)")
    void onlyTheAgent() {
        walFlows = true;
        run(WELL_UNTIL_MS + 1_000, Process.ABSENT, Process.STANDBY);
        List<VoterView> answers = List.of(voter("a", 1_000), voter("b", 1_000), voter("c", 1_000));
        var step = Supervision.tick(watch(nowMs - 100, nowMs - 10, answers));
        assertFalse(submitted(step).stream().anyMatch(StartFailover.class::isInstance));
    }

    @Test
    @DisplayName("a question that stays open is asked again after r/4, and ever less often, down to every 5 r")
    void lessOften() {
        List<VoterView> alive = List.of(voter("a", 10), voter("b", 10), voter("c", 10));
        run(WELL_UNTIL_MS + 600, Process.HUNG, Process.STANDBY);
        assertFalse(Supervision.tick(watch(nowMs - 9_000, nowMs - 999, alive))
                .acts()
                .contains(new Act.AskVoters()));
        assertTrue(Supervision.tick(watch(nowMs - 9_000, nowMs - 1_000, alive))
                .acts()
                .contains(new Act.AskVoters()));
    }

    @Test
    @DisplayName("a node that stood still lately asks, and neither accuses nor proposes before 500 ms have passed")
    void abstains() {
        nowMs += 5_000;
        sight = sight.tick(peers, MEMBERS, nowMs);
        List<VoterView> silent = List.of(voter("a", 900), voter("b", 900), voter("c", 900));
        assertEquals(List.of(), submitted(Supervision.tick(watch(nowMs, -1, List.of()))));
        assertEquals(List.of(), submitted(Supervision.tick(watch(nowMs - 499, nowMs - 10, silent))));
        assertTrue(submitted(Supervision.tick(watch(nowMs - 500, nowMs - 10, silent))).stream()
                .anyMatch(StartFailover.class::isInstance));
    }
}
