package io.interrex.cluster.simulation;

import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.settings.GroupSettings;
import io.interrex.cluster.settings.GroupSettings.OnLastStandbyLoss;
import io.interrex.cluster.settings.Profile;
import io.interrex.cluster.settings.Timings;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a group is made of. Every host has a voter; those beyond the members are witnesses.
 *
 * @param members with their tags, one per host, the first hosts
 */
record Layout(int hosts, List<MemberInfo> members, GroupSettings settings) {

    /** Working out its id takes longer than everything else about a layout. */
    private static final GroupSettings DEFAULTS = GroupSettings.defaults(Profile.FAST.timings());

    /** Three in four are three members with k = 1; the others are everything else that a person may configure. */
    static Layout draw(SplittableRandom random) {
        return switch (random.nextInt(16)) {
            case 0 -> of(3, 2, settings(true, 1, OnLastStandbyLoss.DEGRADE, false), random, false);
            case 1 -> of(5, 5, settings(true, 2, OnLastStandbyLoss.DEGRADE, false), random, false);
            case 2 -> of(3, 3, settings(true, 2, OnLastStandbyLoss.DEGRADE, false), random, true);
            case 3 -> of(3, 3, settings(true, 1, OnLastStandbyLoss.WAIT, random.nextBoolean()), random, true);
            default -> of(3, 3, settings(true, 1, OnLastStandbyLoss.DEGRADE, false), random, false);
        };
    }

    private static GroupSettings settings(boolean synchronous, int k, OnLastStandbyLoss loss, boolean strict) {
        GroupSettings d = DEFAULTS;
        return new GroupSettings(
                "simulated",
                synchronous,
                k,
                loss,
                strict,
                d.maxLagBytes(),
                d.timings(),
                d.failoverExpires(),
                d.restartsMax(),
                d.restartWindow(),
                1_000,
                d.failoverWindow());
    }

    private static Layout of(int hosts, int members, GroupSettings settings, SplittableRandom random, boolean tags) {
        var infos = new ArrayList<MemberInfo>();
        for (String name : World.NAMES.subList(0, members)) {
            infos.add(new MemberInfo(name, name, 5432, "zone-" + name, tags ? random.nextInt(3) : 0, false, false));
        }
        return new Layout(hosts, List.copyOf(infos), settings);
    }

    Timings timings() {
        return settings.timings();
    }

    String words() {
        return "%d hosts, %d members, k = %d".formatted(hosts, members.size(), settings.k());
    }
}
