package io.interrex.cluster.supervision;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.group.GroupEvent.PrimarySuspected;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Groups;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.supervision.LeaderPlacement.Look;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given members a, b, c and d of one group whose primary is a. Where the leader of the log goes. */
final class LeaderPlacementTest {

    private static final long NOW_MS = 1_000_000;
    private static final LeaderPlacement CALM = LeaderPlacement.start(NOW_MS - 10_000);

    private static Optional<String> target(String node, String voters, String reachable, GroupState... groups) {
        var look = new Look(
                node,
                Arrays.asList(voters.split(" ")),
                new HashSet<>(Arrays.asList(reachable.split(" "))),
                List.of(groups),
                1);
        return CALM.judge(look, NOW_MS).target();
    }

    @ParameterizedTest(name = "leader {0}, voters {1}, connected to {2} => {3}")
    @CsvSource({
        // off the primary's host: to the witness, else to a standby's host
        "a, a b w, b w, w",
        "a, a b c, b c, b",
        "a, a c b, b c, b",
        // it is not on the primary's host
        "b, a b w, a w, ",
        "w, a b w, a b, ",
        // a voter is away
        "a, a b w, w,   ",
        // nowhere to go
        "a, a,     b,   "
    })
    void goes(String leader, String voters, String reachable, String to) {
        assertEquals(Optional.ofNullable(to), target(leader, voters, reachable, Groups.steady()));
    }

    @Test
    @DisplayName("nowhere during a failover, a switchover or a suspicion, nor before all groups are known")
    void unrest() {
        assertEquals(Optional.of("b"), target("a", "a b c", "b c", Groups.steady()));
        assertEquals(Optional.empty(), target("a", "a b c", "b c", Groups.started(Groups.steady())));
        assertEquals(Optional.empty(), target("a", "a b c", "b c", Groups.switchingOver(Groups.steady(), "b")));
        GroupState suspected = Groups.after(
                Groups.steady(), new PrimarySuspected(1, RuleId.PRIMARY_SUSPECTED, "a", "c", "silent", List.of()));
        assertEquals(Optional.empty(), target("a", "a b c", "b c", suspected));
        assertEquals(Optional.empty(), target("a", "a b c", "b c"));
    }

    @Test
    @DisplayName("only after 10 s in which all was well, and not twice within a minute")
    void seldom() {
        var well = new Look("a", List.of("a", "b", "c"), Set.of("b", "c"), List.of(Groups.steady()), 1);
        var away = new Look("a", List.of("a", "b", "c"), Set.of("c"), List.of(Groups.steady()), 1);
        LeaderPlacement unrest = CALM.judge(away, NOW_MS).next();
        assertEquals(Optional.empty(), unrest.judge(well, NOW_MS + 9_999).target());
        var first = unrest.judge(well, NOW_MS + 10_000);
        assertEquals(Optional.of("b"), first.target());
        assertEquals(Optional.empty(), first.next().judge(well, NOW_MS + 69_999).target());
        assertEquals(Optional.of("b"), first.next().judge(well, NOW_MS + 70_000).target());
    }
}
