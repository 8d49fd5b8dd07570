package io.interrex.cluster.group;

import static io.interrex.cluster.group.Facts.evidence;
import static io.interrex.cluster.group.Facts.names;
import static io.interrex.cluster.group.Groups.STAMP;
import static io.interrex.cluster.group.Groups.after;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.group.GroupCommand.ClearSuspicion;
import io.interrex.cluster.group.GroupCommand.StartFailover;
import io.interrex.cluster.group.GroupEvent.FailoverHeld;
import io.interrex.cluster.port.view.EventWords;
import io.interrex.cluster.port.view.Headlines;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given a group that was created for a, with the voters a, b and c, before a has made its database. */
@DisplayName("A first member that is lost before epoch 1 is established")
final class FirstMemberLostTest {

    private static final GroupState CREATED = Groups.created(Groups.SETTINGS, Groups.members());

    private static Decision decide(GroupState state, String voters, String reach) {
        return GroupDecider.decide(
                state, new StartFailover(STAMP, 1, Reason.EXPIRED, evidence(voters, 1), names(reach)));
    }

    @ParameterizedTest(name = "voters say [{0}], [{1}] in reach => {2}")
    @CsvSource({
        "b~800 c~800,          b c,   FIRST_MEMBER_LOST",
        "a~10 b~800 c~800,     b c,   FIRST_MEMBER_LOST",
        "b~800 c~799,          b c,   FAILOVER_RUNNING",
        "b~9000,               b c,   FAILOVER_RUNNING",
        "b~9000 c~starting,    b c,   FAILOVER_RUNNING",
        "b~9000 x~9000,        b c,   FAILOVER_RUNNING",
        "b~9000 c~9000,        a b c, FAILOVER_RUNNING",
    })
    @DisplayName("is an alarm when a majority of voters did not hear it, and nobody takes its place")
    void alarm(String voters, String reach, RuleId rule) {
        Decision decision = decide(CREATED, voters, reach);
        assertEquals(rule, decision.rule());
        assertEquals(rule == RuleId.FIRST_MEMBER_LOST ? 1 : 0, decision.events().size());
    }

    @Test
    @DisplayName("is told once, with cause and remedy, and loudly")
    void once() {
        Decision decision = decide(CREATED, "b~900 c~900", "b c");
        var held = assertInstanceOf(FailoverHeld.class, decision.events().getFirst());
        assertEquals(List.of("a"), held.missing());
        assertTrue(held.why().contains("start its host again"), held::why);
        assertEquals("ALARM: the group cannot begin: " + held.why(), EventWords.sentence(held));
        assertEquals(
                "First member lost, the group cannot begin: a",
                Headlines.of(CREATED, held).orElseThrow().text());
        assertEquals(
                List.of(), decide(after(CREATED, held), "b~900 c~900", "b c").events());
    }

    @Test
    @DisplayName("is no alarm any more when it is heard again, or is established")
    void ends() {
        GroupState alarmed =
                after(CREATED, decide(CREATED, "b~900 c~900", "b c").events().getFirst());
        assertEquals(RuleId.FIRST_MEMBER_LOST, alarmed.held());
        Decision cleared = GroupDecider.decide(alarmed, new ClearSuspicion(STAMP, 1, "heard"));
        assertNull(after(alarmed, cleared.events().getFirst()).held());
        assertEquals(
                List.of(),
                GroupDecider.decide(CREATED, new ClearSuspicion(STAMP, 1, "heard"))
                        .events());
        assertNull(after(
                        alarmed,
                        new GroupEvent.PrimaryEstablished(
                                1,
                                RuleId.ESTABLISHED,
                                "a",
                                Facts.reign(1, 0),
                                new io.interrex.cluster.durability.Lsn(10),
                                names(""),
                                "7"))
                .held());
    }
}
