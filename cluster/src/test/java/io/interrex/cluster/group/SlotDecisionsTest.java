package io.interrex.cluster.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupCommand.OrderSwitchover;
import io.interrex.cluster.group.GroupCommand.ReportGreyFailure;
import io.interrex.cluster.group.GroupCommand.ScheduleSwitchover;
import io.interrex.cluster.group.GroupCommand.StandbyLag;
import io.interrex.cluster.group.GroupEvent.SettingsRecorded;
import io.interrex.cluster.group.SlotEvent.SlotPositionLost;
import io.interrex.cluster.group.Troubles.GreyFailure;
import io.interrex.cluster.port.Slot;
import io.interrex.cluster.settings.PermanentSlot;
import io.interrex.cluster.settings.PermanentSlot.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A logical slot")
public final class SlotDecisionsTest {

    public static final PermanentSlot CDC = new PermanentSlot("cdc", Kind.LOGICAL, "app", "pgoutput");
    public static final PermanentSlot KEEP = new PermanentSlot("keep", Kind.PHYSICAL, "", "");

    /** Named in the settings of that group, with a physical one. */
    public static GroupState named(GroupState state) {
        return named(state, CDC, KEEP);
    }

    public static GroupState named(GroupState state, PermanentSlot... slots) {
        return Groups.after(
                state,
                new SettingsRecorded(
                        state.epoch(),
                        RuleId.SETTINGS_RECORDED,
                        state.settings().withSlots(List.of(slots)).identified(),
                        List.copyOf(state.members().values())));
    }

    /** Made by a, the primary of epoch 1, at 0/10. */
    public static GroupState made(GroupState state) {
        GroupState named = named(state);
        return over(named, report(1, "a", 16, null));
    }

    /** b is the primary of epoch 2, and made the slot anew at 0/20. */
    public static GroupState lost() {
        return over(next(made(Groups.steady())), report(2, "b", 32, 17L));
    }

    /** b is the primary of epoch 2. */
    public static GroupState next(GroupState state) {
        return Groups.after(
                Groups.authorized(Groups.started(state), "b", 90, "1 c", 1),
                new GroupEvent.PrimaryEstablished(
                        2, RuleId.ESTABLISHED, "b", Facts.reign(2, 90), new Lsn(100), Facts.names("c"), "7"));
    }

    /** As a member has it that did not make it. */
    public static Slot slot(String name, long at) {
        boolean logical = name.equals("cdc");
        var lsn = new Lsn(at);
        return new Slot(
                logical ? CDC : new PermanentSlot(name, Kind.PHYSICAL, "", ""),
                false,
                lsn,
                logical ? lsn : Lsn.ZERO,
                "reserved",
                0,
                -1,
                false,
                0,
                Lsn.ZERO);
    }

    private static ReportLogicalSlot report(long epoch, String member, long at, @Nullable Long known) {
        return new ReportLogicalSlot(
                Groups.STAMP, epoch, member, CDC, new Lsn(at), known == null ? null : new Lsn(known));
    }

    private static GroupState over(GroupState state, GroupCommand command) {
        return Groups.after(state, GroupDecider.decide(state, command).events().toArray(GroupEvent[]::new));
    }

    /** One situation for each rule. */
    static void examples(RuleCases cases) {
        GroupState made = made(Groups.steady());
        cases.when(RuleId.SLOT_MADE, named(Groups.steady()), report(1, "a", 16, null), "accepted: LogicalSlotMade");
        cases.when(RuleId.SLOT_POSITION_LOST, next(made), report(2, "b", 32, 17L), "accepted: SlotPositionLost");
        cases.when(RuleId.SLOTS_AT_STAKE, made, switchover(false), "refused: OrderRefused");
        var gone = new ReportGreyFailure(Groups.STAMP, "a", GreyFailure.SLOT_LOST, true, "keep");
        cases.when(RuleId.SLOT_LOST, made, gone, "accepted: GreyFailureChanged");
        var behind = new ReportGreyFailure(Groups.STAMP, "a", GreyFailure.SLOT_BEHIND, true, "keep");
        cases.when(RuleId.SLOT_BEHIND, made, behind, "accepted: GreyFailureChanged");
    }

    private static OrderSwitchover switchover(boolean loseSlots) {
        return new OrderSwitchover(Groups.STAMP, Groups.ORDER, "eve", "b", List.of(new StandbyLag("b", 0)), loseSlots);
    }

    private static RuleId rule(GroupState state, GroupCommand command) {
        return GroupDecider.decide(state, command).rule();
    }

    @Test
    @DisplayName(
            "keeps a switchover, a scheduled one and a restart by one from being ordered, until a person says that it may be lost")
    void atStake() {
        GroupState made = made(Groups.steady());
        assertTrue(GroupDecider.decide(made, switchover(true)).accepted());
        assertTrue(
                GroupDecider.decide(named(Groups.steady()), switchover(false)).accepted(), "not made yet");
        for (boolean said : List.of(false, true)) {
            var later = new ScheduleSwitchover(
                    Groups.STAMP, Groups.ORDER, "eve", "b", Groups.NOW_MS + 1000, Groups.NOW_MS + 2000, said);
            assertEquals(said ? RuleId.ORDER_ACCEPTED : RuleId.SLOTS_AT_STAKE, rule(made, later));
        }
        assertEquals(RuleId.SLOTS_AT_STAKE, rule(made, RestartTest.all("a b c d", false, false)));
        assertTrue(
                GroupDecider.decide(made, RestartTest.all("a b c d", false, true))
                        .accepted(),
                "in place");
    }

    @Test
    @DisplayName("that is scheduled away begins at its time as the person said it")
    void scheduled() {
        GroupState made = made(Groups.steady());
        var later = new ScheduleSwitchover(
                Groups.STAMP, Groups.ORDER, "eve", "b", Groups.NOW_MS + 1000, Groups.NOW_MS + 2000, true);
        GroupState scheduled = over(made, later);
        var due = new GroupCommand.Stamp("b", Groups.NOW_MS + 1000);
        assertEquals(
                RuleId.SCHEDULE_DUE,
                rule(scheduled, new GroupCommand.BeginScheduled(due, 1, List.of(new StandbyLag("b", 0)))));
    }

    @Test
    @DisplayName(
            "that was made anew has lost its position, on another primary or on the same; told again it is no news")
    void lostOnce() {
        GroupState lost = lost();
        assertEquals(RuleId.ORDER_ALREADY, rule(lost, report(2, "b", 32, 17L)));
        assertEquals(RuleId.FAILOVER_STALE, rule(lost, report(1, "a", 16, null)));
        assertEquals(RuleId.FAILOVER_STALE, rule(lost, report(2, "c", 33, null)));
        var again = (SlotPositionLost)
                GroupDecider.decide(lost, report(2, "b", 64, null)).events().getFirst();
        assertEquals(2, again.fromEpoch());
        assertEquals(new Lsn(64), again.to());
    }

    @Test
    @DisplayName(
            "that the settings name no more, or otherwise, is forgotten: named again it begins, and nothing is lost")
    void forgotten() {
        GroupState made = made(Groups.steady());
        assertFalse(made.upkeep().slots().isEmpty());
        assertTrue(named(made).upkeep().slots().containsKey("cdc"));
        GroupState gone = named(made, KEEP);
        assertTrue(gone.upkeep().slots().isEmpty());
        assertEquals(RuleId.ORDER_ALREADY, rule(gone, report(1, "a", 16, null)));
        assertEquals(RuleId.SLOT_MADE, rule(named(gone), report(1, "a", 20, null)));
    }
}
