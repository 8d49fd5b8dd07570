package io.interrex.cluster.group;

import static io.interrex.cluster.group.Groups.SETTINGS;
import static io.interrex.cluster.group.Groups.STAMP;
import static io.interrex.cluster.group.Groups.members;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.interrex.cluster.format.Format;
import io.interrex.cluster.group.GroupEvent.GroupAdopted;
import io.interrex.cluster.group.GroupState.Phase;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A group that begins with an existing database")
public final class AdoptedGroupTest {

    static final GroupCommand.AdoptGroup ADOPT = new GroupCommand.AdoptGroup(
            STAMP, "main", "a", Facts.uuid(1), members(), List.of("a", "b", "c"), SETTINGS, "7", 3, "eve");

    private static final GroupAdopted ADOPTED = new GroupAdopted(
            1,
            RuleId.GROUP_ADOPTED,
            "main",
            "a",
            Facts.uuid(1),
            members(),
            1,
            List.of("a", "b", "c"),
            SETTINGS,
            "7",
            3,
            "eve");

    /** a has handed its database over; nothing was established yet. */
    public static GroupState adopted() {
        return GroupEvolution.evolve(null, ADOPTED);
    }

    @Test
    @DisplayName("begins with what was adopted and who ordered it, in the format of its release")
    void begins() {
        Decision decision = GroupDecider.decide(null, ADOPT);
        assertEquals(
                List.of(ADOPTED, new GroupEvent.FormatRaised(1, RuleId.FORMAT_RAISED, Format.CURRENT, Format.FIRST)),
                decision.events());
    }

    @Test
    @DisplayName("is in epoch 1 of the member that has the database, and knows which database that is")
    void state() {
        GroupState state = adopted();
        assertEquals(Phase.CREATED, state.phase());
        assertEquals(1, state.epoch());
        assertEquals("a", state.designated());
        assertEquals(Facts.uuid(1), state.designatedUuid());
        assertEquals("7", state.systemId());
        assertEquals("", Groups.created(SETTINGS, members()).systemId(), "a new one is not known before it is made");
    }

    @Test
    @DisplayName("is not adopted where it exists")
    void exists() {
        for (GroupState state : List.of(adopted(), Groups.created(SETTINGS, members()), Groups.steady())) {
            Decision decision = GroupDecider.decide(state, ADOPT);
            assertEquals(RuleId.GROUP_EXISTS, decision.rule());
            assertEquals(List.of(), decision.events());
            assertThrows(IllegalStateException.class, () -> GroupEvolution.evolve(state, ADOPTED));
        }
    }
}
