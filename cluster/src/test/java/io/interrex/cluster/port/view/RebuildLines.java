package io.interrex.cluster.port.view;

import static io.interrex.cluster.port.view.EventWordsTest.line;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvent.RebuildMethod;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.port.Database;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** What people read of members that are made whole. */
final class RebuildLines {

    private RebuildLines() {}

    private static final Database.Kept KEPT = new Database.Kept("clone", "/d", 3, 1, List.of("old"));

    static Stream<Arguments> rebuilds() {
        return Stream.of(
                line(
                        new GroupEvent.RebuildStarted(
                                2, RuleId.REBUILD_STARTED, "a", RebuildMethod.REWIND, "it diverged"),
                        "a is rebuilt by rewind: it diverged"),
                line(
                        new GroupEvent.CloneSourceChosen(2, RuleId.CLONE_FROM_STANDBY, "a", "c", "it streams"),
                        "the copy for a is read from c: it streams"),
                line(
                        new GroupEvent.DivergentWalKept(2, RuleId.DIVERGENT_WAL_KEPT, "a", KEPT),
                        "before a clone of a, 3 segments of WAL that only it had are kept in /d; for 1 more there was no room; older ones had to go: old"),
                line(
                        new GroupEvent.RebuildHeld(2, RuleId.REBUILD_HELD, "a", RebuildMethod.CLONE, "no room"),
                        "ALARM: the clone of a does not go on: no room"),
                line(
                        new GroupEvent.MemberJoined(2, RuleId.REBUILD_DONE, "a", new Lsn(0x3000148)),
                        "a streams again, at 0/3000148"),
                line(
                        new GroupEvent.MemberStuck(2, RuleId.MEMBER_STUCK, "a", "three clones failed"),
                        "ALARM: a needs a person: three clones failed"));
    }
}
