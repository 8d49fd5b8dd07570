package io.interrex.cluster.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.format.Format;
import io.interrex.cluster.group.GroupCommand.ReportGreyFailure;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvolution;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.MaintenanceEvent;
import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.group.Mode;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.member.MemberHard.Role;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.settings.GroupSettings;
import io.interrex.cluster.settings.Profile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Given primary a of epoch 1 with its lease, whose server does not come up: profile fast, a failover takes 2850 ms at most, three
 * restarts in ten minutes. It gives its lease back only where somebody else would get it.
 */
final class StuckPrimaryTest {

    private static final UUID REIGN = new UUID(0, 1);
    private static final Lsn LSN = new Lsn(100);
    private static final GroupSettings SETTINGS = GroupSettings.defaults(Profile.FAST.timings());
    private static final long NOW_MS = 10_000_000;

    /** {@code sync}: commits wait for one of b and c; {@code degraded}: for nobody. */
    private static GroupState group(String durability, boolean bTagged) {
        List<MemberInfo> members = List.of(
                new MemberInfo("a", "10.0.0.1", 5432, "z1", 0, false, false, false),
                new MemberInfo("b", "10.0.0.2", 5432, "z1", 0, bTagged, false, false),
                new MemberInfo("c", "10.0.0.3", 5432, "z1", 0, bTagged, false, false));
        var events = new ArrayList<GroupEvent>();
        events.add(new GroupEvent.GroupCreated(
                1, RuleId.GROUP_CREATED, "main", "a", REIGN, members, 1, List.of("a", "b", "c"), SETTINGS));
        events.add(new GroupEvent.PrimaryEstablished(
                1, RuleId.ESTABLISHED, "a", new Reign(1, REIGN, 1, Lsn.ZERO), LSN, new TreeSet<>(), "7"));
        events.add(new GroupEvent.FormatRaised(1, RuleId.FORMAT_RAISED, Format.CURRENT, Format.FIRST));
        if (durability.equals("sync")) {
            SyncSet to = SyncSet.of(1, List.of("b", "c"));
            events.add(new GroupEvent.SyncSetIntended(1, RuleId.SYNC_SET_GROWN, SyncSet.NONE, to, "they stream"));
            events.add(new GroupEvent.SyncSetApplied(1, RuleId.SYNC_SET_APPLIED, to, LSN, to.standbys()));
            events.add(new GroupEvent.DurabilityChanged(
                    1, RuleId.DURABILITY_RESTORED, GroupEvent.Durability.SYNC, "they stream"));
        }
        GroupState state = null;
        for (GroupEvent event : events) {
            state = GroupEvolution.evolve(state, event);
        }
        assertTrue(state != null);
        return state;
    }

    private static DatabaseStatus server(Process process) {
        return server(process, 1L << 40);
    }

    private static DatabaseStatus server(Process process, long diskFree) {
        return new DatabaseStatus(
                process, 0, "7", 1, LSN, LSN, false, null, 0, null, "", List.of(), false, diskFree, 150_000, null,
                null);
    }

    /** @param peers {@code bc}: who says that it has data; {@code B}: is there, without usable data */
    private static Plan plan(GroupState group, Process process, Progress progress, String peers, long nowMs) {
        return plan(group, server(process), progress, peers, nowMs);
    }

    private static Plan plan(GroupState group, DatabaseStatus server, Progress progress, String peers, long nowMs) {
        Map<String, Lsn> lsn = new HashMap<>();
        for (String peer : peers.isEmpty() ? new String[0] : peers.split("")) {
            boolean usable = peer.equals(peer.toLowerCase(java.util.Locale.ROOT));
            lsn.put(peer.toLowerCase(java.util.Locale.ROOT), usable ? LSN : Lsn.ZERO);
        }
        return MemberPlanner.plan(new MemberView(
                "a",
                group,
                new MemberHard(1, 0, 1, Role.PRIMARY, 1, 0),
                server,
                true,
                progress,
                1,
                1_000,
                true,
                -1,
                0,
                lsn,
                Set.of(),
                new java.util.TreeMap<>(),
                List.of(),
                SETTINGS.timings(),
                new Stamp("a", 1_000_000),
                nowMs));
    }

    private static boolean releases(Plan plan) {
        MemberHard save = plan.save();
        return save != null && save.released() == 1;
    }

    @ParameterizedTest(name = "{0}, in reach [{1}], tagged nofailover: {2}, starting for {3} ms => gives back: {4}")
    @CsvSource({
        "sync,     bc, false, 2850,     false",
        "sync,     bc, false, 2851,     true",
        "sync,     b,  false, 9999999,  false",
        "sync,     bC, false, 9999999,  false",
        "sync,     '', false, 9999999,  false",
        "sync,     bc, true,  9999999,  false",
        "degraded, bc, false, 9999999,  false"
    })
    void starting(String durability, String peers, boolean tagged, long forMs, boolean back) {
        Progress since = Progress.NONE.observed(server(Process.STARTING), NOW_MS);
        Plan plan = plan(group(durability, tagged), Process.STARTING, since, peers, NOW_MS + forMs);
        assertEquals(back, releases(plan), plan.toString());
        if (!back) {
            assertEquals(1, plan.leaseEpoch());
        }
    }

    @Test
    @DisplayName("while paused, or while the others are in maintenance, it keeps its lease: nobody would take it")
    void nobodyWouldTakeIt() {
        Progress since = Progress.NONE.observed(server(Process.STARTING), NOW_MS);
        GroupState paused = GroupEvolution.evolve(
                group("sync", false),
                new GroupEvent.ModeChanged(1, RuleId.ORDER_ACCEPTED, null, Mode.PAUSED, "eve", "maintenance"));
        assertFalse(releases(plan(paused, Process.STARTING, since, "bc", NOW_MS + 60_000)));
        GroupState alone = group("sync", false);
        for (String member : List.of("b", "c")) {
            alone = GroupEvolution.evolve(
                    alone,
                    new MaintenanceEvent.MaintenanceBegun(
                            1, RuleId.MAINTENANCE_BEGUN, REIGN, "eve", member, "new disks", 2_000_000));
        }
        assertFalse(releases(plan(alone, Process.STARTING, since, "bc", NOW_MS + 60_000)));
    }

    private static Progress crashed(int crashes, int hangs) {
        Progress progress = Progress.NONE;
        for (int i = 0; i < crashes; i++) {
            progress = progress.died(NOW_MS, false, "signal 6");
        }
        for (int i = 0; i < hangs; i++) {
            progress = Folding.done(progress, new Step.Kill("it hangs", true), Nothing.NOTHING, NOW_MS);
        }
        return progress;
    }

    @ParameterizedTest(name = "{0} crashes and {1} hangs within the window => {2}")
    @CsvSource({
        "0, 0, starts",
        "3, 0, starts",
        "4, 0, gives back",
        "0, 1, starts",
        "0, 2, gives back",
        "3, 1, gives back"
    })
    void crashes(int crashes, int hangs, String does) {
        Plan plan = plan(group("sync", false), Process.STOPPED, crashed(crashes, hangs), "bc", NOW_MS + 1);
        assertEquals(does.equals("gives back"), releases(plan), plan.toString());
        assertEquals(does.equals("starts"), plan.step() instanceof Step.StartPrimary, plan.toString());
    }

    @ParameterizedTest(name = "{0}, in reach [{1}], {2} hangs, {3} KiB left => {4}")
    @CsvSource({
        "sync, bc, 1, 32768, starts",
        "sync, bc, 1, 32767, gives back",
        "sync, bc, 1, 0,     gives back",
        "sync, bc, 0, 0,     gives back",
        "sync, bc, 0, 32768, starts",
        "sync, '', 1, 32767, waits",
        "sync, '', 1, 32768, starts",
        "degraded, bc, 1, 0, waits",
        "degraded, bc, 0, 0, waits"
    })
    @DisplayName("a server that hung, crashed or was stopped is not started on a full disk")
    void fullDisk(String durability, String peers, int hangs, long freeKiB, String does) {
        DatabaseStatus stopped = server(Process.STOPPED, freeKiB << 10);
        Plan plan = plan(group(durability, false), stopped, crashed(0, hangs), peers, NOW_MS + 1);
        assertEquals(does.equals("gives back"), releases(plan), plan.toString());
        assertEquals(does.equals("starts"), plan.step() instanceof Step.StartPrimary, plan.toString());
    }

    @Test
    @DisplayName("what is not known of a disk does not keep a server from starting")
    void unknownDisk() {
        Plan plan = plan(group("sync", false), server(Process.STOPPED, -1), crashed(0, 1), "bc", NOW_MS + 1);
        assertInstanceOf(Step.StartPrimary.class, plan.step());
    }

    @Test
    @DisplayName("a kill for another reason is no crash")
    void otherKills() {
        Progress killed = Progress.NONE;
        for (int i = 0; i < 9; i++) {
            killed = Folding.done(killed, new Step.Kill("its lease ran out"), Nothing.NOTHING, NOW_MS);
        }
        assertFalse(releases(plan(group("sync", false), Process.STOPPED, killed, "bc", NOW_MS + 1)));
    }

    @ParameterizedTest(name = "degraded, {0} crashes => starts again where it is, after {1} ms")
    @CsvSource({"4, 1000", "5, 2000", "6, 4000", "8, 16000", "9, 30000", "40, 30000"})
    void degraded(int crashes, long afterMs) {
        GroupState group = group("degraded", false);
        Progress progress = crashed(crashes, 0);
        Plan before = plan(group, Process.STOPPED, progress, "bc", NOW_MS + afterMs - 1);
        assertFalse(releases(before));
        assertInstanceOf(
                ReportGreyFailure.class,
                assertInstanceOf(Step.Submit.class, before.step()).command());
        assertEquals(1, before.leaseEpoch());
        Plan after = plan(group, Process.STOPPED, progress, "bc", NOW_MS + afterMs);
        assertInstanceOf(Step.StartPrimary.class, after.step());
    }

    @Test
    @DisplayName("a server that answers nothing longer than the write probe may take is killed, and that is a hang")
    void hang() {
        Progress since = Progress.NONE.observed(server(Process.HUNG), NOW_MS);
        Plan plan = plan(group("sync", false), Process.HUNG, since, "bc", NOW_MS + 801);
        assertTrue(assertInstanceOf(Step.Kill.class, plan.step()).hung());
    }
}
