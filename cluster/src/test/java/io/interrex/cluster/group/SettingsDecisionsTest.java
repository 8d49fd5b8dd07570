package io.interrex.cluster.group;

import static io.interrex.cluster.group.Groups.SETTINGS;
import static io.interrex.cluster.group.Groups.STAMP;
import static io.interrex.cluster.group.Groups.after;
import static io.interrex.cluster.group.Groups.copies;
import static io.interrex.cluster.group.Groups.member;
import static io.interrex.cluster.group.Groups.members;
import static io.interrex.cluster.group.Groups.steady;
import static io.interrex.cluster.group.Groups.waiting;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.format.Format;
import io.interrex.cluster.group.GroupCommand.RecordSettings;
import io.interrex.cluster.group.GroupEvent.ConfigurationReloaded;
import io.interrex.cluster.group.GroupEvent.Durability;
import io.interrex.cluster.group.GroupEvent.OrderRefused;
import io.interrex.cluster.group.GroupEvent.SettingsRecorded;
import io.interrex.cluster.settings.DiskPolicy;
import io.interrex.cluster.settings.GroupSettings;
import io.interrex.cluster.settings.Timings;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What a configuration file says")
class SettingsDecisionsTest {

    /** Where {@link RulesTest} keeps what it is shown. */
    interface Shown {
        void by(RuleId rule, Decision decision, String expected);
    }

    static void show(Shown shown) {
        shown.by(RuleId.SETTINGS_RECORDED, decide(steady(), null, null, waiting()), "accepted: SettingsRecorded");
        shown.by(RuleId.SETTINGS_OTHER_FILE, decide(steady(), null, "", waiting()), "refused: OrderRefused");
        shown.by(
                RuleId.SYNCHRONOUS_STAYS,
                decide(Groups.inFormat(Format.FIRST, steady()), "eve", null, Groups.asynchronous(1 << 20)),
                "refused: OrderRefused");
        shown.by(RuleId.MEMBER_NEEDED, of(steady(), List.of(member("a"), member("c"))), "refused: OrderRefused");
        shown.by(
                RuleId.MEMBERS_CHANGED,
                of(steady(), List.of(member("a"), member("b"), member("c"), member("e"))),
                "accepted: MembersChanged SettingsRecorded");
        var same = new RecordSettings(STAMP, "eve", null, SETTINGS, members(), List.of("groups.main.k"));
        shown.by(RuleId.RELOADED, GroupDecider.decide(steady(), same), "accepted: ConfigurationReloaded");
        shown.by(
                RuleId.FORMAT_RAISED,
                GroupDecider.decide(Groups.inFormat(Format.FIRST, steady()), raise(Format.CURRENT)),
                "accepted: FormatRaised");
        shown.by(RuleId.FORMAT_TOO_NEW, GroupDecider.decide(steady(), raise(Format.CURRENT + 1)), "refused:");
    }

    private static Decision decide(
            GroupState state, @Nullable String actor, @Nullable String base, GroupSettings file) {
        return GroupDecider.decide(state, new RecordSettings(STAMP, actor, base, file, members(), List.of()));
    }

    private static GroupCommand.RaiseFormat raise(int format) {
        return new GroupCommand.RaiseFormat(STAMP, format);
    }

    @Test
    @DisplayName("a format is recorded once, never lowered, and one that this release does not know ends what it reads")
    void format() {
        GroupState first = Groups.inFormat(Format.FIRST, steady());
        assertEquals(
                RuleId.ORDER_ALREADY,
                GroupDecider.decide(first, raise(Format.FIRST)).rule());
        assertEquals(
                RuleId.ORDER_ALREADY,
                GroupDecider.decide(first, raise(Format.FIRST - 1)).rule());
        GroupState raised = with(first, GroupDecider.decide(first, raise(Format.CURRENT)));
        assertEquals(Format.CURRENT, raised.upkeep().format());
        Decision tooFar = GroupDecider.decide(raised, raise(Format.CURRENT + 1));
        assertEquals(RuleId.FORMAT_TOO_NEW, tooFar.rule());
        assertFalse(tooFar.accepted());
        assertTrue(tooFar.why().contains("upgrade this node"), tooFar.why());
        var newer = new GroupEvent.FormatRaised(1, RuleId.FORMAT_RAISED, Format.CURRENT + 1, Format.CURRENT);
        var e = assertThrows(IllegalArgumentException.class, () -> GroupEvolution.evolve(raised, newer));
        assertTrue(String.valueOf(e.getMessage()).contains("upgrade this node"));
    }

    private static Decision of(GroupState state, List<MemberInfo> members) {
        return GroupDecider.decide(state, new RecordSettings(STAMP, "eve", null, SETTINGS, members, List.of()));
    }

    @Test
    @DisplayName("adds and removes members, which is told of by itself")
    void changedMembers() {
        GroupState state = steady();
        Decision decision = of(state, List.of(member("a"), member("b"), member("c"), member("e")));
        assertTrue(decision.accepted(), decision.why());
        assertEquals(
                new MembershipEvent.MembersChanged(1, RuleId.MEMBERS_CHANGED, List.of("e"), List.of("d"), "eve"),
                decision.events().getFirst());
        assertEquals(
                List.of("a", "b", "c", "e"),
                List.copyOf(with(state, decision).members().keySet()));
        assertTrue(decide(state, "eve", null, waiting()).events().stream()
                .noneMatch(MembershipEvent.MembersChanged.class::isInstance));
    }

    @Test
    @DisplayName("does not remove the primary, nor who commits wait for, however it was written")
    void needed() {
        for (List<MemberInfo> left :
                List.of(List.of(member("b"), member("c")), List.of(member("a"), member("c"), member("d")))) {
            Decision decision = of(steady(), left);
            assertEquals(RuleId.MEMBER_NEEDED, decision.rule());
            assertTrue(decision.why().contains("whose copies commits rest on"), decision.why());
            assertEquals(steady().members(), with(steady(), decision).members());
        }
    }

    @Test
    @DisplayName(
            "names members in an older format, too: the settings say it, without an event that such a node does not know")
    void membersInAnOlderFormat() {
        GroupState older = Groups.inFormat(Format.FIRST, steady());
        Decision removed = of(older, List.of(member("a"), member("b"), member("c")));
        assertEquals(
                List.of(SettingsRecorded.class),
                removed.events().stream().map(Object::getClass).toList());
        assertEquals(
                RuleId.ORDER_UNKNOWN_MEMBER,
                of(older, List.of(member("b"), member("c"))).rule(),
                "a rule that such a node knows");
    }

    private static String mark(GroupSettings settings) {
        return FileSettings.mark(settings, members());
    }

    private static GroupState with(GroupState state, Decision decision) {
        return after(state, decision.events().toArray(GroupEvent[]::new));
    }

    @Test
    @DisplayName(
            "is recorded where it was changed from what is recorded, and refused where it was changed from anything else")
    void base() {
        Decision first = decide(steady(), null, mark(SETTINGS), waiting());
        assertTrue(first.accepted(), first.why());
        GroupState recorded = with(steady(), first);
        assertEquals(waiting(), recorded.settings());

        Decision second = decide(recorded, "eve", mark(SETTINGS), copies(2));
        assertEquals(RuleId.SETTINGS_OTHER_FILE, second.rule());
        var refused = (OrderRefused) second.events().getFirst();
        assertEquals("eve", refused.actor());
        assertTrue(
                refused.why().contains("k is 1, and 2 in the file; on-last-standby-loss is wait, and degrade"),
                refused.why());
        assertEquals(waiting(), with(recorded, second).settings());
    }

    @Test
    @DisplayName("of two nodes with different files is recorded once, however often both start")
    void notInTurn() {
        GroupState state = with(steady(), decide(steady(), null, mark(SETTINGS), waiting()));
        for (int start = 0; start < 5; start++) {
            Decision other = decide(state, null, mark(SETTINGS), copies(2));
            assertFalse(other.accepted());
            state = with(state, other);
            Decision own = decide(state, null, mark(waiting()), waiting());
            assertEquals(RuleId.ORDER_ALREADY, own.rule());
            assertEquals(List.of(), own.events());
        }
        assertEquals(waiting(), state.settings());
    }

    @Test
    @DisplayName("is recorded by a person who overwrites, with who it was and what changed")
    void overwritten() {
        GroupState state = with(steady(), decide(steady(), null, mark(SETTINGS), waiting()));
        Decision decision = GroupDecider.decide(
                state, new RecordSettings(STAMP, "eve", null, copies(2), members(), List.of("groups.main.k")));
        assertEquals(
                List.of(
                        new SettingsRecorded(1, RuleId.SETTINGS_RECORDED, copies(2), members()),
                        new ConfigurationReloaded(1, RuleId.RELOADED, "b", "eve", List.of("groups.main.k"))),
                decision.events());
    }

    @Test
    @DisplayName("makes a group asynchronous when its set is empty, and at once where commits have no copy anyway")
    void asynchronous() {
        GroupSettings other = Groups.asynchronous(1 << 20);
        Decision decision = decide(steady(), "eve", mark(SETTINGS), other);
        assertEquals(List.of(new SettingsRecorded(1, RuleId.SETTINGS_RECORDED, other, members())), decision.events());
        assertEquals(Durability.SYNC, with(steady(), decision).durability());
        GroupState degraded = Groups.degraded();
        assertEquals(
                Durability.ASYNC,
                with(degraded, decide(degraded, "eve", mark(SETTINGS), other)).durability());
        GroupState changing = Groups.intending(Groups.degraded(), "1 b");
        assertEquals(
                Durability.DEGRADED,
                with(changing, decide(changing, "eve", mark(SETTINGS), other)).durability());
    }

    @Test
    @DisplayName("is compared in every setting and every tag")
    void whole() {
        int noValues = List.of("id", "timings", "disk", "slots").size();
        int settings =
                components(GroupSettings.class) + components(Timings.class) + components(DiskPolicy.class) - noValues;
        var own = components(MemberInfo.class) - 1;
        assertEquals(
                settings + own,
                FileSettings.keys(SETTINGS, List.of(Groups.member("a"))).size());
    }

    @Test
    @DisplayName("has the id that releases before slots gave to it, where it names none")
    void id() {
        assertEquals("s-2a7059d858a9", SETTINGS.id());
        assertNotEquals(
                SETTINGS.id(),
                SETTINGS.withSlots(List.of(SlotDecisionsTest.CDC)).identified().id());
    }

    private static int components(Class<?> type) {
        return type.getRecordComponents().length;
    }
}
