package io.interrex.cluster.group;

import static io.interrex.cluster.group.Groups.STAMP;
import static io.interrex.cluster.group.Groups.after;
import static io.interrex.cluster.group.Groups.steady;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.group.GroupCommand.RecoverVoters;
import io.interrex.cluster.group.GroupEvent.VotersRecovered;
import io.interrex.cluster.port.view.EventWords;
import io.interrex.cluster.port.view.Headlines;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given the voters a, b and c of generation 1, of which b and c are lost for good. */
@DisplayName("The voters of another generation")
final class VoterDecisionsTest {

    private static Decision recover(GroupState state, int generation, long promised) {
        return GroupDecider.decide(
                state,
                new RecoverVoters(
                        STAMP, generation, List.of("a"), List.of("b", "c"), promised, "root@a", "burnt", "it ended"));
    }

    static void rules(RuleCases cases) {
        var burnt = new RecoverVoters(STAMP, 2, List.of("a"), List.of("b", "c"), 1, "root", "burnt", "");
        cases.when(RuleId.VOTERS_RECOVERED, steady(), burnt, "accepted: VotersRecovered");
        var first = new RecoverVoters(STAMP, 1, List.of("a"), List.of("b", "c"), 1, "root", "burnt", "");
        cases.when(RuleId.VOTERS_OTHER_GENERATION, steady(), first, "refused:");
    }

    private static VotersRecovered event(Decision decision) {
        return assertInstanceOf(VotersRecovered.class, decision.events().getFirst());
    }

    @ParameterizedTest(name = "of epoch 1, and {0} was promised => {1}")
    @CsvSource({"0, 2", "1, 2", "2, 3", "900, 901"})
    @DisplayName("begin with an epoch above all that the log or anybody's promise knows")
    void epoch(long promised, long begun) {
        GroupState state = after(steady(), event(recover(steady(), 2, promised)));
        assertEquals(begun, state.epoch());
        assertEquals(GroupState.Phase.STARTED, state.phase());
        assertEquals(List.of("a"), state.voters());
        assertEquals(2, state.voterConfig());
    }

    @Test
    @DisplayName("begin once, and never after a later one")
    void once() {
        GroupState state = after(steady(), event(recover(steady(), 2, 0)));
        for (int generation : new int[] {1, 2}) {
            Decision again = recover(state, generation, 0);
            assertFalse(again.accepted());
            assertEquals(RuleId.VOTERS_OTHER_GENERATION, again.rule());
            assertEquals(List.of(), again.events());
        }
        assertTrue(recover(state, 4, 0).accepted());
    }

    @Test
    @DisplayName("leave the epoch of a group that has no database yet to its first member")
    void created() {
        GroupState created = Groups.created(Groups.SETTINGS, Groups.members());
        GroupState state = after(created, event(recover(created, 2, 5)));
        assertEquals(1, state.epoch());
        assertEquals(GroupState.Phase.CREATED, state.phase());
        assertEquals(List.of("a"), state.voters());
    }

    @Test
    @DisplayName(
            "change nothing about who may be promoted: one of two standbys is too few, the dead primary itself is enough")
    void binds() {
        GroupState state = after(steady(), event(recover(steady(), 2, 6)));
        assertEquals(
                RuleId.PROMOTION_NO_QUORUM,
                Groups.authorize(state, "b:90^7 c:none").rule());
        Decision dead = Groups.authorize(state, "a:dead:100^7 b:none c:none");
        assertTrue(
                dead.events().stream()
                        .anyMatch(event -> event instanceof GroupEvent.PromotionAuthorized authorized
                                && authorized.candidate().equals("a")),
                dead::toString);
    }

    @Test
    @DisplayName("never let an epoch go back: such a log is not replayed")
    void back() {
        GroupState state = after(steady(), event(recover(steady(), 2, 6)));
        VotersRecovered old = event(recover(steady(), 3, 0));
        assertThrows(IllegalStateException.class, () -> after(state, old));
    }

    @Test
    @DisplayName("are told loudly, with who decided it and why")
    void words() {
        VotersRecovered told = event(recover(steady(), 2, 0));
        String words = EventWords.sentence(told);
        assertTrue(
                words.contains(
                        "root@a gives up the generation of voters before, and what b, c alone knew, because burnt"),
                words);
        assertEquals(
                "Voters given up by root@a: b, c",
                Headlines.of(steady(), told).orElseThrow().text());
    }
}
