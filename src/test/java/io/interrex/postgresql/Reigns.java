package io.interrex.postgresql;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.format.Format;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvent.FailoverStarted;
import io.interrex.cluster.group.GroupEvent.FormatRaised;
import io.interrex.cluster.group.GroupEvent.GroupCreated;
import io.interrex.cluster.group.GroupEvent.PrimaryEstablished;
import io.interrex.cluster.group.GroupEvent.PromotionAuthorized;
import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.group.Ranking;
import io.interrex.cluster.group.Reason;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.port.Database.Promoted;
import io.interrex.cluster.settings.GroupSettings;
import io.interrex.cluster.settings.Timings;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;

/** What the log of two members says that a test has led from one reign to the next by hand. */
final class Reigns {

    /** The pace of {@code fast}, and the patience of {@code default}: a busy machine is not to look like a dead one. */
    private static final Timings TIMINGS =
            new Timings(ms(200), ms(5000), ms(6000), ms(6200), ms(1400), ms(2000), ms(4000), ms(600), ms(600), ms(170));

    private Reigns() {}

    private static Duration ms(long value) {
        return Duration.ofMillis(value);
    }

    /** @param promoted when the second of them took over from the first */
    static List<GroupEvent> after(
            PostgresSettings first,
            PostgresSettings second,
            UUID firstReign,
            UUID secondReign,
            Promoted promoted,
            int restartsMax,
            Duration restartWindow) {
        var members = List.of(member(first), member(second));
        var voters = List.of(first.member(), second.member());
        return List.of(
                new GroupCreated(
                        1,
                        RuleId.GROUP_CREATED,
                        "main",
                        first.member(),
                        firstReign,
                        members,
                        1,
                        voters,
                        settings(restartsMax, restartWindow)),
                new PrimaryEstablished(
                        1,
                        RuleId.ESTABLISHED,
                        first.member(),
                        new Reign(1, firstReign, 1, Lsn.ZERO),
                        new Lsn(1),
                        new TreeSet<>(),
                        ""),
                new FailoverStarted(
                        2,
                        RuleId.FAILOVER_BY_MAJORITY,
                        first.member(),
                        Reason.RELEASED,
                        List.of(),
                        second.member(),
                        0,
                        null,
                        null),
                new PromotionAuthorized(
                        2,
                        RuleId.PROMOTION_AUTHORIZED,
                        second.member(),
                        Lsn.ZERO,
                        SyncSet.NONE,
                        secondReign,
                        1,
                        firstReign,
                        new Ranking(second.member(), List.of()),
                        List.of()),
                new PrimaryEstablished(
                        2,
                        RuleId.ESTABLISHED,
                        second.member(),
                        new Reign(2, secondReign, promoted.timeline(), promoted.switchLsn()),
                        promoted.switchLsn(),
                        new TreeSet<>(),
                        ""),
                new FormatRaised(2, RuleId.FORMAT_RAISED, Format.CURRENT, Format.FIRST));
    }

    private static MemberInfo member(PostgresSettings of) {
        return new MemberInfo(of.member(), of.host(), of.port(), "default", 0, false, false, false);
    }

    private static GroupSettings settings(int restartsMax, Duration restartWindow) {
        GroupSettings usual = GroupSettings.defaults(TIMINGS);
        return new GroupSettings(
                        usual.id(),
                        usual.synchronous(),
                        usual.k(),
                        usual.onLastStandbyLoss(),
                        usual.strict(),
                        usual.maxLagBytes(),
                        usual.timings(),
                        usual.failoverExpires(),
                        restartsMax,
                        restartWindow,
                        usual.failoversMax(),
                        usual.failoverWindow(),
                        usual.disk(),
                        false)
                .identified();
    }
}
