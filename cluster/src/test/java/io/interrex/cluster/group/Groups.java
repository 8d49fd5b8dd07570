package io.interrex.cluster.group;

import static io.interrex.cluster.group.Facts.evidence;
import static io.interrex.cluster.group.Facts.names;
import static io.interrex.cluster.group.Facts.reign;
import static io.interrex.cluster.group.Facts.syncSet;
import static io.interrex.cluster.group.Facts.uuid;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.format.Format;
import io.interrex.cluster.group.GroupCommand.AuthorizePromotion;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupCommand.StartFailover;
import io.interrex.cluster.group.GroupEvent.Durability;
import io.interrex.cluster.settings.GroupSettings;
import io.interrex.cluster.settings.GroupSettings.OnLastStandbyLoss;
import io.interrex.cluster.settings.Profile;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Given: members a, b, c and d, voters a, b and c, profile fast, and what the log says. Made from events, as in production.
 * It is 1000 s o'clock; a failover that runs expires at 1015 s.
 */
public final class Groups {

    public static final long NOW_MS = 1_000_000;
    public static final long EXPIRES_MS = NOW_MS + 15_000;
    public static final Stamp STAMP = new Stamp("b", NOW_MS);
    /** Who has not answered the failover by now is away. */
    public static final Stamp PAST_GRACE = new Stamp("b", NOW_MS, 2_000);

    public static final Stamp AFTER_EXPIRY = new Stamp("b", NOW_MS, 15_000);
    public static final UUID ORDER = new UUID(5, 5);
    public static final GroupSettings SETTINGS = GroupSettings.defaults(Profile.FAST.timings());

    private Groups() {}

    public static MemberInfo member(String name) {
        return new MemberInfo(name, "host-" + name, 5432, "z1", 0, false, false, false);
    }

    public static MemberInfo nofailover(String name) {
        return new MemberInfo(name, "host-" + name, 5432, "z1", 0, true, false, false);
    }

    public static MemberInfo nosync(String name) {
        return new MemberInfo(name, "host-" + name, 5432, "z1", 0, false, true, false);
    }

    public static List<MemberInfo> members() {
        return List.of(member("a"), member("b"), member("c"), member("d"));
    }

    public static GroupSettings asynchronous(long maxLagBytes) {
        return settings(false, 1, OnLastStandbyLoss.DEGRADE, false, maxLagBytes);
    }

    public static GroupSettings waiting() {
        return settings(true, 1, OnLastStandbyLoss.WAIT, false, SETTINGS.maxLagBytes());
    }

    public static GroupSettings strict(int k) {
        return settings(true, k, OnLastStandbyLoss.DEGRADE, true, SETTINGS.maxLagBytes());
    }

    public static GroupSettings copies(int k) {
        return settings(true, k, OnLastStandbyLoss.DEGRADE, false, SETTINGS.maxLagBytes());
    }

    private static GroupSettings settings(
            boolean synchronous, int k, OnLastStandbyLoss loss, boolean strict, long maxLagBytes) {
        return new GroupSettings(
                "test",
                synchronous,
                k,
                loss,
                strict,
                maxLagBytes,
                SETTINGS.timings(),
                SETTINGS.failoverExpires(),
                SETTINGS.restartsMax(),
                SETTINGS.restartWindow(),
                1,
                Duration.ofHours(1),
                SETTINGS.disk(),
                false);
    }

    /** Epoch 1 was given to a, which is making the database. Every node runs this release. */
    public static GroupState created(GroupSettings settings, List<MemberInfo> members) {
        return inFormat(
                Format.CURRENT,
                GroupEvolution.evolve(
                        null,
                        new GroupEvent.GroupCreated(
                                1,
                                RuleId.GROUP_CREATED,
                                "main",
                                "a",
                                uuid(1),
                                members,
                                1,
                                List.of("a", "b", "c"),
                                settings)));
    }

    public static GroupState inFormat(int format, GroupState state) {
        return after(
                state,
                new GroupEvent.FormatRaised(
                        1, RuleId.FORMAT_RAISED, format, state.upkeep().format()));
    }

    /** a is the primary of epoch 1; commits wait as {@code rule} says. */
    public static GroupState steady(GroupSettings settings, List<MemberInfo> members, String rule) {
        GroupState state = after(
                created(settings, members),
                new GroupEvent.PrimaryEstablished(
                        1, RuleId.ESTABLISHED, "a", reign(1, 0), new Lsn(10), names(""), "7"));
        SyncSet to = syncSet(rule);
        return rule.equals("none")
                ? state
                : after(
                        state,
                        new GroupEvent.SyncSetIntended(1, RuleId.SYNC_SET_GROWN, SyncSet.NONE, to, "they stream"),
                        new GroupEvent.SyncSetApplied(1, RuleId.SYNC_SET_APPLIED, to, new Lsn(20), to.standbys()),
                        new GroupEvent.DurabilityChanged(
                                1, RuleId.DURABILITY_RESTORED, Durability.SYNC, "they stream"));
    }

    /** a is the primary of epoch 1, and commits wait for one of b and c. */
    public static GroupState steady() {
        return steady(SETTINGS, members(), "1 b c");
    }

    public static GroupState degraded() {
        return steady(SETTINGS, members(), "none");
    }

    /** The next epoch was begun by b, because the primary is silent. */
    public static GroupState started(GroupState state) {
        return started(state, null, null);
    }

    public static GroupState started(GroupState state, @Nullable String target, @Nullable UUID order) {
        return after(
                state,
                new GroupEvent.FailoverStarted(
                        state.epoch() + 1,
                        RuleId.FAILOVER_BY_MAJORITY,
                        state.primary(),
                        order == null ? Reason.LEASE_SILENT : Reason.ORDERED,
                        List.of(),
                        "b",
                        EXPIRES_MS,
                        target,
                        order));
    }

    /** The epoch that was begun is given to {@code candidate}, whose data is of {@code baseEpoch}. */
    public static GroupState authorized(GroupState state, String candidate, long floor, String rule, long baseEpoch) {
        return after(
                state,
                new GroupEvent.PromotionAuthorized(
                        state.epoch(),
                        RuleId.PROMOTION_AUTHORIZED,
                        candidate,
                        new Lsn(floor),
                        syncSet(rule),
                        uuid(state.epoch()),
                        baseEpoch,
                        uuid(baseEpoch),
                        new Ranking(candidate, List.of()),
                        List.of()));
    }

    /** Epoch 2 was given to b, which has 90 bytes of epoch 1; c has to hold its commits. */
    public static GroupState authorized() {
        return authorized(started(steady()), "b", 90, "1 c", 1);
    }

    /** b is the primary of epoch 2, which began at 90; commits wait for one of a and c. */
    public static GroupState secondReign(GroupSettings settings) {
        GroupState state = authorized(started(steady(settings, members(), "1 b c")), "b", 90, "1 a c", 1);
        return after(
                state,
                new GroupEvent.PrimaryEstablished(
                        2, RuleId.ESTABLISHED, "b", reign(2, 90), new Lsn(100), names("c"), "7"));
    }

    public static GroupState switchingOver(GroupState state, String target) {
        return after(
                state,
                new GroupEvent.SwitchoverOrdered(
                        state.epoch(), RuleId.ORDER_ACCEPTED, ORDER, "eve", String.valueOf(state.primary()), target));
    }

    /** The order that the control plane gave because of a disk that is nearly full. */
    public static GroupState handingOver(GroupState state, String target) {
        String from = String.valueOf(state.primary());
        return after(
                state,
                new GroupEvent.HandOverDecided(state.epoch(), RuleId.HAND_OVER, from, target, 0, "test"),
                new GroupEvent.SwitchoverOrdered(
                        state.epoch(), RuleId.HAND_OVER, ORDER, TroubleDecisions.ACTOR, from, target));
    }

    public static GroupState intending(GroupState state, String rule) {
        return after(
                state,
                new GroupEvent.SyncSetIntended(
                        state.epoch(), RuleId.SYNC_SET_GROWN, state.syncSet(), syncSet(rule), "test"));
    }

    public static GroupState paused(GroupState state) {
        return after(
                state,
                new GroupEvent.ModeChanged(
                        state.epoch(), RuleId.ORDER_ACCEPTED, null, Mode.PAUSED, "eve", "new switches"));
    }

    public static GroupState after(GroupState from, GroupEvent... events) {
        GroupState state = from;
        for (GroupEvent event : events) {
            state = GroupEvolution.evolve(state, event);
        }
        return state;
    }

    /** b proposes a failover of the current epoch: {@code facts} about the voters, and which members are in reach. */
    public static Decision start(GroupState state, Reason reason, @Nullable String facts, @Nullable String reach) {
        return GroupDecider.decide(
                state, new StartFailover(STAMP, state.epoch(), reason, evidence(facts, state.epoch()), names(reach)));
    }

    /** b proposes a candidate of the current epoch two seconds after it began: {@code facts} about the members. */
    public static Decision authorize(GroupState state, @Nullable String facts) {
        return authorize(state, facts, 0);
    }

    public static Decision authorize(GroupState state, @Nullable String facts, long lastPrimaryLsn) {
        return GroupDecider.decide(
                state,
                new AuthorizePromotion(
                        PAST_GRACE,
                        state.epoch(),
                        evidence(facts, state.epoch()),
                        uuid(state.epoch()),
                        new Lsn(lastPrimaryLsn)));
    }
}
