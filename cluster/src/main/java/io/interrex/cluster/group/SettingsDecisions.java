package io.interrex.cluster.group;

import io.interrex.cluster.durability.LiveConfiguration;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.format.Format;
import io.interrex.cluster.group.GroupCommand.RecordSettings;
import io.interrex.cluster.group.GroupEvent.ConfigurationReloaded;
import io.interrex.cluster.group.GroupEvent.Durability;
import io.interrex.cluster.group.GroupEvent.FormatRaised;
import io.interrex.cluster.group.GroupEvent.OrderRefused;
import io.interrex.cluster.group.GroupEvent.SettingsRecorded;
import io.interrex.cluster.group.GroupState.Phase;
import io.interrex.cluster.group.MembershipEvent.MembersChanged;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Decides whether what a node's configuration file says is what holds from here on. */
final class SettingsDecisions {

    private SettingsDecisions() {}

    static Decision record(GroupState state, RecordSettings c) {
        String base = c.base();
        var file = new FileSettings(c.settings(), c.members(), base == null ? "" : base);
        if (file.isRecordedIn(state)) {
            return c.actor() == null || c.changed().isEmpty()
                    ? Decision.refuse(RuleId.ORDER_ALREADY, "these settings are recorded")
                    : Decision.accept(RuleId.RELOADED, "the file is read again", reloaded(state, c));
        }
        if (state.phase() != Phase.ESTABLISHED) {
            return Decision.refuse(RuleId.ORDER_BUSY, "settings are recorded when no failover runs");
        }
        if (base != null && !base.equals(FileSettings.markOf(state))) {
            return otherFile(state, c, file);
        }
        boolean emptied = state.upkeep().knows(RuleId.SYNC_SET_EMPTIED);
        if (state.settings().synchronous() && !c.settings().synchronous() && !emptied) {
            return synchronousStays(state, c);
        }
        var named = new TreeSet<String>();
        c.members().forEach(member -> named.add(member.name()));
        TreeSet<String> needed = needed(state);
        needed.removeAll(named);
        if (!needed.isEmpty()) {
            return refused(
                    state,
                    state.upkeep().knows(RuleId.MEMBER_NEEDED) ? RuleId.MEMBER_NEEDED : RuleId.ORDER_UNKNOWN_MEMBER,
                    c,
                    "the configuration of %s does not name %s, whose copies commits rest on: switch over from a primary first; of a standby, stop its node or set nosync, and remove it when commits do not wait for it any more"
                            .formatted(c.stamp().node(), needed));
        }
        var events = new ArrayList<GroupEvent>();
        MembersChanged members = membersChanged(state, c, named);
        if (members != null && state.upkeep().knows(RuleId.MEMBERS_CHANGED)) {
            events.add(members);
        }
        events.add(new SettingsRecorded(state.epoch(), RuleId.SETTINGS_RECORDED, c.settings(), c.members()));
        if (isAsynchronousAtOnce(state, c)) {
            events.add(SyncSetDecisions.durabilityChanged(state.epoch(), Durability.ASYNC, SyncSet.NONE));
        }
        for (String member : state.reinits().keySet()) {
            if (!named.contains(member)) {
                events.addAll(MemberOrderDecisions.reinitEnds(state, member, false, "it is no member any more"));
            }
        }
        if (c.actor() != null && !c.changed().isEmpty()) {
            events.add(reloaded(state, c));
        }
        return Decision.accept(
                RuleId.SETTINGS_RECORDED, "settings " + c.settings().id(), events);
    }

    static Decision raise(GroupState state, GroupCommand.RaiseFormat c) {
        int from = state.upkeep().format();
        if (c.format() > Format.CURRENT) {
            return Decision.refuse(
                    RuleId.FORMAT_TOO_NEW, "this release knows %d: upgrade this node".formatted(Format.CURRENT));
        }
        return c.format() <= from
                ? Decision.refuse(RuleId.ORDER_ALREADY, "the log is of format %d".formatted(from))
                : Decision.accept(
                        RuleId.FORMAT_RAISED,
                        "every node knows format %d".formatted(c.format()),
                        new FormatRaised(state.epoch(), RuleId.FORMAT_RAISED, c.format(), from));
    }

    private static @Nullable MembersChanged membersChanged(
            GroupState state, RecordSettings c, SortedSet<String> named) {
        var added = new TreeSet<>(named);
        added.removeAll(state.members().keySet());
        var removed = new TreeSet<>(state.members().keySet());
        removed.removeAll(named);
        return added.isEmpty() && removed.isEmpty()
                ? null
                : new MembersChanged(
                        state.epoch(), RuleId.MEMBERS_CHANGED, List.copyOf(added), List.copyOf(removed), actor(c));
    }

    private static String actor(RecordSettings c) {
        String actor = c.actor();
        return actor == null ? "the start of node " + c.stamp().node() : actor;
    }

    private static Decision synchronousStays(GroupState state, RecordSettings c) {
        String why =
                "commits wait for %s, and the primary of an older release would not take these members out of the set: upgrade every node first, or keep synchronous = true"
                        .formatted(state.syncSet());
        return refused(state, RuleId.SYNCHRONOUS_STAYS, c, why);
    }

    /** Commits have no copy already, and nothing has to be proven before they need none. */
    private static boolean isAsynchronousAtOnce(GroupState state, RecordSettings c) {
        return !c.settings().synchronous()
                && state.durability() != Durability.ASYNC
                && state.syncSet().equals(SyncSet.NONE)
                && state.intent() == null;
    }

    private static TreeSet<String> needed(GroupState state) {
        var needed = new TreeSet<String>();
        for (LiveConfiguration live : state.liveConfigurations()) {
            needed.add(live.primary());
            needed.addAll(live.syncSet().standbys());
        }
        return needed;
    }

    private static ConfigurationReloaded reloaded(GroupState state, RecordSettings c) {
        return new ConfigurationReloaded(
                state.epoch(), RuleId.RELOADED, c.stamp().node(), String.valueOf(c.actor()), c.changed());
    }

    /** Somebody recorded something else since: whose file is right only a person knows. */
    private static Decision otherFile(GroupState state, RecordSettings c, FileSettings file) {
        String why = "the file of node %s was not made from what is recorded, which somebody changed since: %s"
                .formatted(
                        c.stamp().node(),
                        file.differences(state).stream()
                                .map(d -> "%s is %s, and %s in the file".formatted(d.key(), d.recorded(), d.inFile()))
                                .collect(Collectors.joining("; ")));
        return refused(state, RuleId.SETTINGS_OTHER_FILE, c, why);
    }

    private static Decision refused(GroupState state, RuleId rule, RecordSettings c, String why) {
        return Decision.refuse(rule, why, new OrderRefused(state.epoch(), rule, "settings of a file", actor(c), why));
    }
}
