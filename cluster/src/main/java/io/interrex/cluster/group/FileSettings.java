package io.interrex.cluster.group;

import io.interrex.cluster.settings.Digest;
import io.interrex.cluster.settings.DiskPolicy;
import io.interrex.cluster.settings.GroupSettings;
import io.interrex.cluster.settings.PermanentSlot;
import io.interrex.cluster.settings.Quantity;
import io.interrex.cluster.settings.Timings;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration file says of a group that the log records, too: compared with it, key by key, as a person writes them.
 *
 * @param base the mark of what was recorded when this file last said the same; empty: not known
 */
public record FileSettings(GroupSettings settings, List<MemberInfo> members, String base) {

    /** @param recorded null: the log has no such key, as {@code inFile} where the file has none */
    public record Difference(
            String key, @Nullable String recorded, @Nullable String inFile) {}

    /** Names what is recorded, or what a file says: the same on every node. */
    public static String mark(GroupSettings settings, Collection<MemberInfo> members) {
        return "f-" + Digest.of(keys(settings, members).toString());
    }

    public String mark() {
        return mark(settings, members);
    }

    static String markOf(GroupState state) {
        return mark(state.settings(), state.members().values());
    }

    public boolean isRecordedIn(GroupState state) {
        return mark().equals(markOf(state));
    }

    /** Where the file says otherwise than the log. */
    public List<Difference> differences(GroupState state) {
        SortedMap<String, String> recorded =
                keys(state.settings(), state.members().values());
        SortedMap<String, String> own = keys(settings, members);
        var names = new TreeSet<>(recorded.keySet());
        names.addAll(own.keySet());
        return names.stream()
                .map(key -> new Difference(key, recorded.get(key), own.get(key)))
                .filter(difference ->
                        !String.valueOf(difference.recorded()).equals(String.valueOf(difference.inFile())))
                .toList();
    }

    /** By key, without {@code groups.NAME}. */
    static SortedMap<String, String> keys(GroupSettings s, Collection<MemberInfo> members) {
        var keys = new TreeMap<String, String>();
        keys.put("synchronous", Boolean.toString(s.synchronous()));
        keys.put("k", Integer.toString(s.k()));
        keys.put("on-last-standby-loss", word(s.onLastStandbyLoss()));
        keys.put("strict", Boolean.toString(s.strict()));
        keys.put("max-lag", Quantity.format(s.maxLagBytes()));
        keys.put("failover.expires-after", Quantity.format(s.failoverExpires()));
        keys.put("failover.restarts-max", Integer.toString(s.restartsMax()));
        keys.put("failover.restart-window", Quantity.format(s.restartWindow()));
        keys.put("failover.failovers-max", Integer.toString(s.failoversMax()));
        keys.put("failover.failover-window", Quantity.format(s.failoverWindow()));
        keys.put("fencing.run", s.powerOff() ? "a program" : "null");
        disk(keys, s.disk());
        timings(keys, s.timings());
        s.slots().forEach(slot -> slot(keys, slot));
        members.forEach(member -> member(keys, member));
        return keys;
    }

    private static void disk(SortedMap<String, String> keys, DiskPolicy disk) {
        keys.put("disk.warn-below", Quantity.format(disk.warnBelowBytes()));
        keys.put("disk.act-below", Quantity.format(disk.actBelowBytes()));
        keys.put("disk.on-critical", word(disk.onCritical()));
    }

    private static void timings(SortedMap<String, String> keys, Timings t) {
        time(keys, "renew-every", t.renewEvery());
        time(keys, "lease-for", t.leaseFor());
        time(keys, "promise-for", t.promiseFor());
        time(keys, "silent-for", t.silentFor());
        time(keys, "pause-max", t.pauseMax());
        time(keys, "suspect-after", t.suspectAfter());
        time(keys, "write-probe-max", t.writeProbeMax());
        time(keys, "round-trip-max", t.roundTripMax());
        time(keys, "continue-after", t.continueAfter());
        time(keys, "closing-max", t.closingMax());
    }

    private static void time(SortedMap<String, String> keys, String name, Duration value) {
        keys.put("timings." + name, Quantity.format(value));
    }

    private static void slot(SortedMap<String, String> keys, PermanentSlot slot) {
        String at = "slots." + slot.name() + ".";
        keys.put(at + "type", word(slot.kind()));
        if (slot.logical()) {
            keys.put(at + "database", slot.database());
            keys.put(at + "plugin", slot.plugin());
        }
    }

    private static void member(SortedMap<String, String> keys, MemberInfo m) {
        String at = "members." + m.name() + ".";
        keys.put(at + "host", m.host());
        keys.put(at + "port", Integer.toString(m.port()));
        keys.put(at + "zone", m.zone());
        keys.put(at + "priority", Integer.toString(m.priority()));
        keys.put(at + "nofailover", Boolean.toString(m.nofailover()));
        keys.put(at + "nosync", Boolean.toString(m.nosync()));
        keys.put(at + "noloadbalance", Boolean.toString(m.noloadbalance()));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
