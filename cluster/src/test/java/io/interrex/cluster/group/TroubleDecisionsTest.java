package io.interrex.cluster.group;

import static io.interrex.cluster.group.Groups.STAMP;
import static io.interrex.cluster.group.Groups.steady;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.detection.Headroom.Level;
import io.interrex.cluster.format.Format;
import io.interrex.cluster.group.GroupCommand.HandOver;
import io.interrex.cluster.group.GroupCommand.LimitWrites;
import io.interrex.cluster.group.GroupCommand.ReportDisk;
import io.interrex.cluster.group.GroupCommand.ReportGreyFailure;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupCommand.StandbyLag;
import io.interrex.cluster.group.GroupCommand.StartRebuild;
import io.interrex.cluster.group.GroupEvent.HandOverDecided;
import io.interrex.cluster.group.GroupEvent.RebuildMethod;
import io.interrex.cluster.group.GroupEvent.SwitchoverOrdered;
import io.interrex.cluster.group.GroupEvent.WritesLimited;
import io.interrex.cluster.group.Troubles.GreyFailure;
import io.interrex.cluster.port.Space;
import io.interrex.cluster.settings.DiskPolicy;
import io.interrex.cluster.settings.DiskPolicy.OnCritical;
import io.interrex.cluster.settings.GroupSettings;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Given a is the primary of epoch 1, and commits wait for one of b and c; d is in no synchronous set. */
@DisplayName("Grey failures:")
class TroubleDecisionsTest {

    private static final UUID OPERATION = new UUID(3, 3);
    private static final long HOUR_MS = 3_600_000;

    static List<Space> free(long mib) {
        return List.of(new Space(Space.DATA, mib << 20, 1000L << 30));
    }

    private static Decision disk(GroupState state, String member, long freeMiB) {
        return GroupDecider.decide(state, new ReportDisk(STAMP, member, free(freeMiB)));
    }

    private static GroupState with(GroupState state, String member, long freeMiB) {
        return after(state, disk(state, member, freeMiB));
    }

    private static Decision handOver(GroupState state, long wallMs, String... roomy) {
        var lags = Stream.of(roomy).map(member -> new StandbyLag(member, 0)).toList();
        return GroupDecider.decide(state, new HandOver(new Stamp("b", wallMs), state.epoch(), OPERATION, lags));
    }

    private static Decision handOver(GroupState state, String... roomy) {
        return handOver(state, Groups.NOW_MS, roomy);
    }

    private static GroupState after(GroupState state, Decision decision) {
        return Groups.after(state, decision.events().toArray(GroupEvent[]::new));
    }

    @Test
    @DisplayName("a level is recorded when it changes, with what was seen; the same again is no news")
    void edges() {
        GroupState low = with(steady(), "a", 8000);
        assertEquals(Level.LOW, low.troubles().disk("a"));
        assertTrue(disk(low, "a", 7000).events().isEmpty());
        assertTrue(disk(low, "a", 9000).events().isEmpty(), "a quarter more than the threshold is needed");
        GroupState critical = with(low, "a", 2000);
        assertEquals(Level.CRITICAL, critical.troubles().disk("a"));
        GroupState well = with(critical, "a", 20_000);
        assertEquals(Troubles.NONE, well.troubles());
    }

    @Test
    @DisplayName("of a stranger, or of a member that tells nothing, nothing is recorded")
    void nothingKnown() {
        assertTrue(disk(steady(), "x", 0).events().isEmpty());
        assertTrue(GroupDecider.decide(steady(), new ReportDisk(STAMP, "a", List.of()))
                .events()
                .isEmpty());
    }

    @Test
    @DisplayName("a primary whose disk is nearly full hands over to a synchronous standby that has room")
    void handsOver() {
        Decision decision = handOver(with(steady(), "a", 2000), "c", "d");
        assertTrue(decision.accepted());
        var ordered = (SwitchoverOrdered) decision.events().getLast();
        assertEquals("c", ordered.target());
        assertEquals(RuleId.HAND_OVER, ordered.rule());
        assertEquals("interrex", ordered.actor());
    }

    @Test
    @DisplayName("nothing is handed over for a disk that is only low, and nothing recorded of it")
    void onlyLow() {
        Decision decision = handOver(with(steady(), "a", 8000), "b", "c");
        assertFalse(decision.accepted());
        assertTrue(decision.events().isEmpty());
    }

    @Test
    @DisplayName("nobody has room | not synchronous | low itself | no answer => keeps serving, told once")
    void nobodyBetter() {
        GroupState full = with(steady(), "a", 2000);
        assertEquals(RuleId.HAND_OVER_NOBODY, handOver(full).rule());
        assertEquals(RuleId.HAND_OVER_NOBODY, handOver(full, "d").rule());
        assertEquals(
                RuleId.HAND_OVER_NOBODY, handOver(with(full, "b", 8000), "b").rule());
        Decision first = handOver(full);
        assertEquals(1, first.events().size());
        assertTrue(handOver(after(full, first)).events().isEmpty());
        assertTrue(handOver(after(full, first), "b").accepted(), "somebody has room since");
    }

    @Test
    @DisplayName("while paused nothing is handed over, told once")
    void paused() {
        GroupState full = Groups.paused(with(steady(), "a", 2000));
        Decision first = handOver(full, "b", "c");
        assertEquals(RuleId.HAND_OVER_PAUSED, first.rule());
        assertTrue(handOver(after(full, first), "b", "c").events().isEmpty());
    }

    @Test
    @DisplayName("not during a failover, not during a switchover, not for another epoch")
    void notNow() {
        GroupState full = with(steady(), "a", 2000);
        assertTrue(handOver(Groups.started(full), "b").events().isEmpty());
        assertTrue(handOver(Groups.switchingOver(full, "b"), "b").events().isEmpty());
        var old = new HandOver(STAMP, 0, OPERATION, List.of(new StandbyLag("b", 0)));
        assertTrue(GroupDecider.decide(full, old).events().isEmpty());
    }

    private static Decision limit(GroupState state, boolean limited, String... roomy) {
        var lags = Stream.of(roomy).map(member -> new StandbyLag(member, 0)).toList();
        return GroupDecider.decide(state, new LimitWrites(STAMP, state.epoch(), limited, free(500), lags));
    }

    @Test
    @DisplayName(
            "clients only read where next to nothing is left and nobody is fit to take over, and write again with more room")
    void onlyReads() {
        GroupState full = with(steady(), "a", 500);
        assertEquals(Level.EXHAUSTED, full.troubles().disk("a"));
        Decision decision = limit(full, true);
        assertEquals(RuleId.READ_ONLY, decision.rule());
        var event = (WritesLimited) decision.events().getFirst();
        assertEquals("a", event.member());
        assertEquals(free(500), event.spaces());
        GroupState limited = after(full, decision);
        assertTrue(limited.isReadOnly());
        assertTrue(limit(limited, true).events().isEmpty());
        assertTrue(limit(limited, false).events().isEmpty(), "there is no more room yet");
        assertTrue(limit(with(limited, "a", 600), false).events().isEmpty(), "a quarter more is needed");
        GroupState roomy = with(limited, "a", 641);
        assertFalse(after(roomy, limit(roomy, false)).isReadOnly());
    }

    @Test
    @DisplayName(
            "somebody is fit | only nearly full | warn, or hand over only | switching over | another epoch => clients write")
    void goOnWriting() {
        GroupState full = with(steady(), "a", 500);
        assertEquals(RuleId.HAND_OVER, limit(full, true, "b").rule());
        assertTrue(limit(full, true, "d").accepted(), "d is in no synchronous set");
        assertTrue(limit(with(steady(), "a", 2000), true).events().isEmpty());
        for (OnCritical policy : List.of(OnCritical.WARN, OnCritical.HAND_OVER_ONLY)) {
            assertTrue(limit(with(Groups.steady(with(policy), Groups.members(), "1 b c"), "a", 500), true)
                    .events()
                    .isEmpty());
        }
        assertTrue(limit(Groups.switchingOver(full, "b"), true).events().isEmpty());
        var old = new LimitWrites(STAMP, 0, true, free(500), List.of());
        assertTrue(GroupDecider.decide(full, old).events().isEmpty());
    }

    private static GroupSettings with(OnCritical policy) {
        GroupSettings s = Groups.SETTINGS;
        var disk = new DiskPolicy(s.disk().warnBelowBytes(), s.disk().actBelowBytes(), policy);
        return new GroupSettings(
                s.id(),
                s.synchronous(),
                s.k(),
                s.onLastStandbyLoss(),
                s.strict(),
                s.maxLagBytes(),
                s.timings(),
                s.failoverExpires(),
                s.restartsMax(),
                s.restartWindow(),
                s.failoversMax(),
                s.failoverWindow(),
                disk,
                s.powerOff());
    }

    @Test
    @DisplayName("clients of the next reign write: its primary's disk is another one")
    void nextReign() {
        GroupState full = with(steady(), "a", 500);
        GroupState limited = after(full, limit(full, true));
        assertTrue(limited.isReadOnly());
        assertFalse(Groups.started(limited).isReadOnly());
        assertTrue(handOver(limited, "b").accepted(), "somebody has room since");
    }

    @Test
    @DisplayName("one that failed is not tried again in this reign")
    void onceInAReign() {
        GroupState full = with(steady(), "a", 2000);
        GroupState tried = Groups.after(
                after(full, handOver(full, "b")),
                new GroupEvent.OperationFinished(1, RuleId.ORDER_FINISHED, OPERATION, false, "b did not get it all"));
        Decision again = handOver(tried, Groups.NOW_MS + 2 * HOUR_MS, "b", "c");
        assertFalse(again.accepted());
        assertTrue(again.events().isEmpty());
    }

    @Test
    @DisplayName("the next reign hands over no sooner than the window of failovers later")
    void onceInAWindow() {
        GroupState b = Groups.after(
                with(steady(), "a", 2000), new HandOverDecided(1, RuleId.HAND_OVER, "a", "b", Groups.NOW_MS, "full"));
        GroupState second = with(
                with(
                        Groups.after(
                                Groups.authorized(Groups.started(b), "b", 90, "1 a c", 1),
                                new GroupEvent.PrimaryEstablished(
                                        2,
                                        RuleId.ESTABLISHED,
                                        "b",
                                        Facts.reign(2, 90),
                                        new io.interrex.cluster.durability.Lsn(100),
                                        Facts.names("c"),
                                        "7")),
                        "a",
                        20_000),
                "b",
                2000);
        Decision soon = handOver(second, Groups.NOW_MS + HOUR_MS - 1, "a", "c");
        assertEquals(RuleId.HAND_OVER_TOO_SOON, soon.rule());
        assertEquals(1, soon.events().size());
        assertTrue(
                handOver(after(second, soon), Groups.NOW_MS + HOUR_MS, "a", "c").accepted());
    }

    @Test
    @DisplayName("a group that degrades has nobody to hand over to")
    void degraded() {
        assertEquals(
                RuleId.HAND_OVER_NOBODY,
                handOver(with(Groups.degraded(), "a", 2000), "b").rule());
    }

    @Test
    @DisplayName("a member whose disk is nearly full is not cloned; one whose disk is low is")
    void noClone() {
        var clone = new StartRebuild(STAMP, 1, "d", RebuildMethod.CLONE, "no data");
        Decision refused = GroupDecider.decide(with(steady(), "d", 2000), clone);
        assertEquals(RuleId.CLONE_DISK_CRITICAL, refused.rule());
        assertFalse(refused.accepted());
        assertTrue(GroupDecider.decide(with(steady(), "d", 8000), clone).accepted());
        var rewind = new StartRebuild(STAMP, 1, "d", RebuildMethod.REWIND, "diverged");
        assertTrue(GroupDecider.decide(with(steady(), "d", 2000), rewind).accepted());
    }

    @Test
    @DisplayName("a standby that applies nothing is told once, and that it goes on")
    void greyFailures() {
        var stalls = new ReportGreyFailure(STAMP, "b", GreyFailure.REPLAY_STALLED, true, "nothing beyond 0/7 for 40 s");
        GroupState stalled = after(steady(), GroupDecider.decide(steady(), stalls));
        assertTrue(stalled.troubles().has(GreyFailure.REPLAY_STALLED, "b"));
        assertFalse(stalled.troubles().has(GreyFailure.CONNECTIONS_SHORT, "b"));
        assertTrue(GroupDecider.decide(stalled, stalls).events().isEmpty());
        var goesOn = new ReportGreyFailure(STAMP, "b", GreyFailure.REPLAY_STALLED, false, "it applies again");
        assertEquals(
                Troubles.NONE,
                after(stalled, GroupDecider.decide(stalled, goesOn)).troubles());
    }

    @Test
    @DisplayName("who is no member any more has no disk")
    void strangers() {
        GroupState full = with(with(steady(), "a", 2000), "d", 2000);
        GroupState without = Groups.after(
                full,
                new GroupEvent.SettingsRecorded(
                        1,
                        RuleId.SETTINGS_RECORDED,
                        Groups.SETTINGS,
                        Groups.members().subList(0, 3)));
        assertEquals(java.util.Set.of("a"), without.troubles().fullDisks());
    }

    @Test
    @DisplayName("who is no member any more is not told of as held")
    void strangersAreNotHeld() {
        GroupState held = Groups.after(
                steady(),
                new GroupEvent.RebuildHeld(
                        1, RuleId.REBUILD_HELD, "d", GroupEvent.RebuildMethod.REWIND, "neither checksums nor hints"),
                new GroupEvent.RebuildHeld(
                        1, RuleId.REBUILD_HELD, "b", GroupEvent.RebuildMethod.REWIND, "a wrong password"));
        GroupState without = Groups.after(
                held,
                new GroupEvent.SettingsRecorded(
                        1,
                        RuleId.SETTINGS_RECORDED,
                        Groups.SETTINGS,
                        Groups.members().subList(0, 3)));
        assertEquals(
                java.util.Map.of("b", "a wrong password"),
                without.troubles().copies().held());
    }

    @Test
    @DisplayName("in an older format a disk that is all but full is nearly full: a hand-over waits for nothing newer")
    void olderFormat() {
        GroupState older = with(Groups.inFormat(Format.FIRST, steady()), "a", 500);
        assertEquals(Level.CRITICAL, older.troubles().disk("a"));
        assertTrue(disk(older, "a", 500).events().isEmpty());
    }

    @Test
    @DisplayName("nobody who flushes nothing, or whose server dies again and again, takes over")
    void fitToTakeOver() {
        GroupState full = with(steady(), "a", 2000);
        for (GreyFailure failure : List.of(GreyFailure.FLUSH_STALLED, GreyFailure.RESTARTS_SPENT)) {
            GroupState grey = Groups.after(
                    full,
                    new GroupEvent.GreyFailureChanged(1, RuleId.FLUSH_STALLED, "b", failure, true, "a", "for 9 s"));
            assertNull(OrderDecisions.best(grey, List.of(new StandbyLag("b", 0))));
            assertEquals("c", OrderDecisions.best(grey, List.of(new StandbyLag("b", 0), new StandbyLag("c", 9))));
        }
    }
}
