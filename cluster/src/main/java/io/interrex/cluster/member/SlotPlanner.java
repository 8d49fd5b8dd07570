package io.interrex.cluster.member;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.GroupState.Phase;
import io.interrex.cluster.group.ReportLogicalSlot;
import io.interrex.cluster.group.SlotPosition;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.port.Slot;
import io.interrex.cluster.port.SlotPlan;
import io.interrex.cluster.settings.PermanentSlot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Decides which slots for others than members a server gets, loses and moves. The primary has all that the settings name. A standby
 * has the physical ones, behind the primary's, so that none of the WAL that their consumers need is gone when it takes over. It has no
 * logical ones: nothing of PostgreSQL 15 moves their positions safely, and what was left from its own reign would be read from a place
 * that the group has left. Slots that nobody here made are left alone.
 */
public final class SlotPlanner {

    /** WAL is kept and removed by segments: within one a slot that follows gains nothing. */
    private static final int SEGMENT_BITS = 24;

    private SlotPlanner() {}

    /**
     * @param process of the member's server
     * @param there the slots that it has
     * @param onPrimary where the primary's physical slots keep WAL from, as it said last
     */
    public static Optional<SlotPlan> plan(
            GroupState group, String member, Process process, List<Slot> there, Map<String, Lsn> onPrimary) {
        if (group.phase() != Phase.ESTABLISHED || !group.members().containsKey(member)) {
            return Optional.empty();
        }
        boolean primary = member.equals(group.primary());
        boolean running = process == (primary ? Process.PRIMARY : Process.STANDBY);
        boolean alone = !primary && group.upkeep().isInMaintenance(member);
        if (!running || alone) {
            return Optional.empty();
        }
        SlotPlan plan = primary ? primary(group, there) : standby(group, there, onPrimary);
        return plan.isNothing() ? Optional.empty() : Optional.of(plan);
    }

    private static SlotPlan primary(GroupState group, List<Slot> there) {
        Map<String, Slot> byName = byName(there);
        List<PermanentSlot> wanted = group.settings().slots();
        var drop = new TreeSet<String>();
        var make = new ArrayList<PermanentSlot>();
        var take = new TreeSet<String>();
        for (Slot slot : there) {
            boolean stale = slot.slot().logical() && slot.madeEpoch() != group.epoch();
            if (slot.own() && (!wanted.contains(slot.slot()) || stale)) {
                drop.add(slot.name());
            }
        }
        for (PermanentSlot slot : wanted) {
            Slot found = byName.get(slot.name());
            if (found == null || drop.contains(slot.name())) {
                make.add(slot);
            } else if (found.slot().equals(slot) && (found.own() ? isHalfMade(found) : isToBeTaken(group, slot))) {
                take.add(slot.name());
            }
        }
        return new SlotPlan(true, group.epoch(), drop, List.copyOf(make), take, new TreeMap<>());
    }

    /** Its agent ended between making it and remembering where its stream begins. */
    private static boolean isHalfMade(Slot slot) {
        return slot.slot().logical() && slot.madeAt().equals(Lsn.ZERO);
    }

    /** Where a logical one stood in an earlier reign says nothing of this one. */
    private static boolean isToBeTaken(GroupState group, PermanentSlot slot) {
        SlotPosition known = group.upkeep().slots().get(slot.name());
        return !slot.logical()
                || known == null
                || known.epoch() == group.epoch() && known.member().equals(group.primary());
    }

    private static SlotPlan standby(GroupState group, List<Slot> there, Map<String, Lsn> onPrimary) {
        Map<String, Slot> byName = byName(there);
        List<PermanentSlot> wanted = group.settings().slots();
        var drop = new TreeSet<String>();
        var make = new ArrayList<PermanentSlot>();
        var take = new TreeSet<String>();
        var advance = new TreeMap<String, Lsn>();
        for (Slot slot : there) {
            boolean useless = slot.slot().logical() || !wanted.contains(slot.slot()) || slot.isLost();
            if (slot.own() && (useless || keepsNothing(onPrimary, slot.name()))) {
                drop.add(slot.name());
            }
        }
        for (PermanentSlot slot : wanted) {
            Slot found = byName.get(slot.name());
            if (slot.logical() || keepsNothing(onPrimary, slot.name())) {
                continue;
            }
            if (found == null || drop.contains(slot.name())) {
                make.add(slot);
            } else if (!found.own() && found.slot().equals(slot)) {
                take.add(slot.name());
            } else if (found.own()
                    && !found.active()
                    && isBehind(found, onPrimary.getOrDefault(slot.name(), Lsn.ZERO))) {
                advance.put(slot.name(), onPrimary.getOrDefault(slot.name(), Lsn.ZERO));
            }
        }
        return new SlotPlan(false, group.epoch(), drop, List.copyOf(make), take, advance);
    }

    /** The primary's was not read yet, or has lost its WAL: a copy of it would keep WAL for ever. */
    private static boolean keepsNothing(Map<String, Lsn> onPrimary, String slot) {
        return Lsn.ZERO.equals(onPrimary.get(slot));
    }

    private static boolean isBehind(Slot slot, Lsn primary) {
        return slot.restart().value() >>> SEGMENT_BITS < primary.value() >>> SEGMENT_BITS;
    }

    private static Map<String, Slot> byName(List<Slot> there) {
        return there.stream().collect(Collectors.toMap(Slot::name, Function.identity()));
    }

    /**
     * What the log does not know yet of the primary's logical slots.
     *
     * @param confirmed how far consumers had confirmed on primaries before, as they said last, by slot
     */
    public static List<ReportLogicalSlot> reports(
            GroupState group, String member, List<Slot> there, Map<String, Lsn> confirmed, Stamp stamp) {
        if (group.phase() != Phase.ESTABLISHED || !member.equals(group.primary())) {
            return List.of();
        }
        return there.stream()
                .filter(slot -> slot.own() && slot.slot().logical() && !isHalfMade(slot))
                .filter(slot -> slot.madeEpoch() == group.epoch())
                .filter(slot -> group.settings().slots().contains(slot.slot()))
                .filter(slot -> isNews(group, member, slot))
                .map(slot -> new ReportLogicalSlot(
                        stamp, group.epoch(), member, slot.slot(), slot.madeAt(), confirmed.get(slot.name())))
                .toList();
    }

    private static boolean isNews(GroupState group, String member, Slot slot) {
        SlotPosition known = group.upkeep().slots().get(slot.name());
        return known == null
                || known.epoch() != group.epoch()
                || !known.member().equals(member)
                || !known.at().equals(slot.madeAt());
    }
}
