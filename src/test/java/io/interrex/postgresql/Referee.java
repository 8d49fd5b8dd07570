package io.interrex.postgresql;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.Decision;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupCommand.CreateGroup;
import io.interrex.cluster.group.GroupCommand.ReportEstablished;
import io.interrex.cluster.group.GroupCommand.ReportSyncSetApplied;
import io.interrex.cluster.group.GroupCommand.ReviseSyncSet;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupDecider;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvolution;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.settings.GroupSettings;
import io.interrex.cluster.settings.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Decides as a group of these members would, with a log of its own, on what real servers said. */
final class Referee {

    /** Who has not answered by now is away. */
    static final Stamp NOW = new Stamp("b", 1_000_000, 2_000);

    private final List<GroupEvent> log = new ArrayList<>();
    private @Nullable GroupState state;

    /** a is the primary of epoch 1, and no commit waits for anybody yet. */
    Referee(List<String> members, UUID reign, Lsn marker, String systemId) {
        List<MemberInfo> infos = members.stream()
                .map(name -> new MemberInfo(name, "127.0.0.1", 5432, "", 0, false, false, false))
                .toList();
        GroupSettings settings = GroupSettings.defaults(Profile.FAST.timings());
        accepted(new CreateGroup(NOW, "trial", "a", reign, infos, List.of("a", "b", "c"), settings));
        accepted(new ReportEstablished(
                NOW, 1, "a", new Reign(1, reign, 1, Lsn.ZERO), marker, new TreeSet<>(), systemId));
    }

    Decision decide(GroupCommand command) {
        Decision decision = GroupDecider.decide(state, command);
        for (GroupEvent event : decision.events()) {
            state = GroupEvolution.evolve(state, event);
            log.add(event);
        }
        return decision;
    }

    Decision accepted(GroupCommand command) {
        Decision decision = decide(command);
        if (!decision.accepted()) {
            throw new AssertionError(command + " was refused: " + decision);
        }
        return decision;
    }

    /** Logs the intent that commits wait for other standbys, as when {@code silent} ones no longer answer. */
    void intend(Set<String> caughtUp, Set<String> silent) {
        accepted(new ReviseSyncSet(NOW, 1, sorted(caughtUp), sorted(silent)));
    }

    /** The change that was intended is proven. */
    void applied(SyncSet now, Lsn marker) {
        accepted(new ReportSyncSetApplied(NOW, 1, now, marker, now.standbys()));
    }

    /** The newest event of that kind; there has to be one. */
    <E extends GroupEvent> E last(Class<E> kind) {
        return log.stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .reduce((older, newer) -> newer)
                .orElseThrow(() -> new AssertionError("no " + kind.getSimpleName() + " in " + log));
    }

    static SortedSet<String> sorted(Set<String> names) {
        return new TreeSet<>(names);
    }
}
