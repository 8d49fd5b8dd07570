package io.interrex.cluster.simulation;

import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.settings.GroupSettings;
import io.interrex.cluster.settings.GroupSettings.OnLastStandbyLoss;
import io.interrex.cluster.settings.Profile;
import io.interrex.cluster.settings.Timings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a group is made of. Every host has a voter; those beyond the members are witnesses.
 *
 * @param members with their tags, one per host, the first hosts
 * @param kernelGate false: pg_hba.conf and the guard alone keep clients out
 */
record Layout(int hosts, List<MemberInfo> members, GroupSettings settings, boolean kernelGate) {

    /** Working out its id takes longer than everything else about a layout. */
    private static final GroupSettings DEFAULTS = GroupSettings.defaults(Profile.FAST.timings());

    /** Short enough for an epoch to expire while things go wrong, long enough for one to be established. */
    private static final Duration EXPIRES_SOON = Duration.ofSeconds(3);

    /** Nine in sixteen are three members with k = 1; the others are everything else that a person may configure. */
    static Layout draw(SplittableRandom random) {
        Duration expires = DEFAULTS.failoverExpires();
        GroupSettings common = settings(true, 1, OnLastStandbyLoss.DEGRADE, false, expires);
        return switch (random.nextInt(16)) {
            case 0 -> of(3, 2, common, random, false);
            case 1 -> of(5, 5, settings(true, 2, OnLastStandbyLoss.DEGRADE, false, expires), random, false);
            case 2 -> of(3, 3, settings(true, 2, OnLastStandbyLoss.DEGRADE, false, expires), random, true);
            case 3 -> of(3, 3, settings(true, 1, OnLastStandbyLoss.WAIT, random.nextBoolean(), expires), random, true);
            case 4 -> of(3, 3, settings(false, 1, OnLastStandbyLoss.DEGRADE, false, expires), random, false);
            case 5 -> of(3, 3, common, random, false).withoutKernelGate();
            case 6 -> of(3, 3, settings(true, 1, OnLastStandbyLoss.DEGRADE, false, EXPIRES_SOON), random, false);
            default -> of(3, 3, common, random, false);
        };
    }

    private static GroupSettings settings(
            boolean synchronous, int k, OnLastStandbyLoss loss, boolean strict, Duration expires) {
        GroupSettings d = DEFAULTS;
        return new GroupSettings(
                "simulated",
                synchronous,
                k,
                loss,
                strict,
                d.maxLagBytes(),
                d.timings(),
                expires,
                d.restartsMax(),
                d.restartWindow(),
                1_000,
                d.failoverWindow(),
                d.disk(),
                false);
    }

    /** Synchronous where it is not, and the other way round. */
    static GroupSettings otherwise(GroupSettings s) {
        return new GroupSettings(
                s.id(),
                !s.synchronous(),
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
                s.disk(),
                s.powerOff());
    }

    private static Layout of(int hosts, int members, GroupSettings settings, SplittableRandom random, boolean tags) {
        var infos = new ArrayList<MemberInfo>();
        for (String name : World.NAMES.subList(0, members)) {
            infos.add(new MemberInfo(
                    name, name, 5432, "zone-" + name, tags ? random.nextInt(3) : 0, false, false, false));
        }
        return new Layout(hosts, List.copyOf(infos), settings, true);
    }

    /** A hook powers hosts off, and nobody is promoted before the old primary is proven dead. */
    Layout withPowerOff() {
        return new Layout(hosts, members, settings.withPowerOff(true), kernelGate);
    }

    private Layout withoutKernelGate() {
        return new Layout(hosts, members, settings, false);
    }

    Timings timings() {
        return settings.timings();
    }

    String words() {
        return "%d hosts, %d members, %s%s%s, an epoch expires after %d s"
                .formatted(
                        hosts,
                        members.size(),
                        settings.synchronous() ? "k = " + settings.k() : "asynchronous",
                        kernelGate ? "" : ", no kernel gate",
                        settings.powerOff() ? ", hosts can be powered off" : "",
                        settings.failoverExpires().toSeconds());
    }
}
