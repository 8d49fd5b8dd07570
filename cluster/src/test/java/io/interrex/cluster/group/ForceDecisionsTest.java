package io.interrex.cluster.group;

import static io.interrex.cluster.group.Facts.names;
import static io.interrex.cluster.group.Facts.reign;
import static io.interrex.cluster.group.Groups.AFTER_EXPIRY;
import static io.interrex.cluster.group.Groups.STAMP;
import static io.interrex.cluster.group.Groups.after;
import static io.interrex.cluster.group.Groups.authorize;
import static io.interrex.cluster.group.Groups.degraded;
import static io.interrex.cluster.group.Groups.start;
import static io.interrex.cluster.group.Groups.started;
import static io.interrex.cluster.group.Groups.steady;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupCommand.OrderForcePromotion;
import io.interrex.cluster.group.GroupCommand.Seen;
import io.interrex.cluster.group.GroupEvent.PromotionAuthorized;
import io.interrex.cluster.group.GroupEvent.PromotionForced;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Given primary a, commits that wait for one of b and c, voters a, b and c; when a and c are lost and a person forces b. */
@DisplayName("An override")
public final class ForceDecisionsTest {

    private static final String SILENT = "b~1900 c~1900";
    private static final UUID ORDER = new UUID(8, 8);

    public static GroupState held(GroupState state) {
        return after(
                state, start(state, Reason.LEASE_SILENT, SILENT, "b").events().toArray(GroupEvent[]::new));
    }

    /** b says that it is at 90; a was seen at 120, 12.3 s ago. */
    static OrderForcePromotion order(String group, long epoch, String target, String reach) {
        var seen = new ArrayList<Seen>();
        seen.add(new Seen("a", true, new Lsn(120), 1, 0, 12_300));
        seen.add(new Seen("b", false, new Lsn(90), 1, 0, 100));
        return new OrderForcePromotion(
                STAMP, ORDER, "eve", "both hosts burnt", group, epoch, target, seen, names(reach));
    }

    private static Decision force(GroupState state, String reach) {
        return GroupDecider.decide(state, order("main", state.epoch(), "b", reach));
    }

    public static GroupState forced(GroupState state) {
        Decision decision = force(state, "b");
        assertTrue(decision.accepted(), decision.why());
        return after(state, decision.events().toArray(GroupEvent[]::new));
    }

    public static GroupState begun(GroupState state) {
        Decision decision = start(state, Reason.LEASE_SILENT, SILENT, "b");
        assertTrue(decision.accepted(), decision.why());
        return after(state, decision.events().toArray(GroupEvent[]::new));
    }

    private static <E extends GroupEvent> @Nullable E find(Decision decision, Class<E> kind) {
        return decision.events().stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .findFirst()
                .orElse(null);
    }

    @ParameterizedTest(name = "for group {0}, epoch {1}, to {2}, in reach {3} => refused by {4}")
    @CsvSource({
        "mian, 1, b, b, FORCE_OTHER_GROUP",
        "main, 2, b, b, FORCE_OTHER_EPOCH",
        "main, 1, x, b, ORDER_UNKNOWN_MEMBER",
        "main, 1, a, b, ORDER_SELF",
        "main, 1, b, d, FORCE_TARGET_AWAY",
        "main, 1, b, b c, FORCE_NOT_NEEDED"
    })
    void refused(String group, long epoch, String target, String reach, RuleId rule) {
        Decision decision = GroupDecider.decide(held(steady()), order(group, epoch, target, reach));
        assertFalse(decision.accepted(), decision.why());
        assertEquals(rule, decision.rule());
        var recorded = assertInstanceOf(
                GroupEvent.OrderRefused.class, decision.events().getFirst());
        assertEquals(rule, recorded.rule());
    }

    @Test
    @DisplayName("is refused where nothing is held, and where the primary is heard with a living lease")
    void notNeeded() {
        assertEquals(RuleId.FORCE_NOT_NEEDED, force(steady(), "b").rule());
        var alive = List.of(new Seen("a", true, new Lsn(120), 1, 900, 100));
        var order = new OrderForcePromotion(STAMP, ORDER, "eve", "why", "main", 1, "b", alive, names("b"));
        assertEquals(
                RuleId.FORCE_NOT_NEEDED,
                GroupDecider.decide(held(steady()), order).rule());
    }

    @Test
    @DisplayName("is refused where no standby would be left and the settings do not allow that")
    void noStandbyLeft() {
        GroupState waiting = held(steady(Groups.waiting(), Groups.members(), "1 b c"));
        assertEquals(RuleId.PROMOTION_NO_STANDBY_LEFT, force(waiting, "b").rule());
        assertTrue(force(waiting, "b d").accepted());
        assertEquals(
                RuleId.PROMOTION_NO_STANDBY_LEFT,
                force(MaintenanceTest.alone(waiting, "d"), "b d").rule(),
                "who is in maintenance is waited for by nobody");
    }

    @Test
    @DisplayName("does not pass who is ahead and in maintenance: nobody knows that it was not waited for")
    void maintenance() {
        GroupState state = begun(forced(held(MaintenanceTest.alone(steady(), "d"))));
        Decision decision = authorize(state, "b:90 d:95 c:none a:none");
        assertEquals(RuleId.PROMOTION_NO_CANDIDATE, decision.rule(), decision.why());
        assertTrue(decision.why().contains("interrex maintenance d --end"), decision.why());
        assertNull(find(decision, PromotionAuthorized.class));
        assertNotNull(find(authorize(state, "b:95 d:90 c:none a:none"), PromotionAuthorized.class));
    }

    @Test
    @DisplayName(
            "is recorded with the loss that is known; the failover begins when a majority is silent, for this order")
    void begins() {
        Decision decision = force(held(steady()), "b");
        var ordered = find(decision, GroupEvent.ForcePromotionOrdered.class);
        assertNotNull(ordered);
        assertEquals(RuleId.FAILOVER_NO_QUORUM, ordered.held());
        assertEquals(30, ordered.loss().bytes());
        assertEquals(12_300, ordered.loss().silentMs());
        GroupState state = forced(held(steady()));
        assertFalse(start(state, Reason.LEASE_SILENT, "b~10 c~10", "b").accepted(), "the lease lives");
        var started = find(start(state, Reason.LEASE_SILENT, SILENT, "b"), GroupEvent.FailoverStarted.class);
        assertNotNull(started);
        assertEquals("b", started.target());
        assertEquals(ORDER, started.operation());
    }

    @Test
    @DisplayName("sent again is the same; one that came to nothing is told so")
    void again() {
        GroupState state = forced(held(steady()));
        assertEquals(List.of(), force(state, "b").events());
        GroupState expired = begun(state);
        Decision next = GroupDecider.decide(
                expired, new GroupCommand.StartFailover(AFTER_EXPIRY, 2, Reason.EXPIRED, List.of(), names("b c")));
        assertTrue(next.accepted(), next.why());
        GroupState after = after(expired, next.events().toArray(GroupEvent[]::new));
        assertNull(after.forcing().order());
        assertEquals(
                RuleId.ORDER_FINISHED,
                GroupDecider.decide(after, order("main", 3, "b", "b")).rule());
    }

    @Test
    @DisplayName("that waits is withdrawn as soon as anybody hears the primary again")
    void withdrawn() {
        GroupState state = after(
                forced(held(steady())),
                new GroupEvent.PrimarySuspected(1, RuleId.PRIMARY_SUSPECTED, "a", "b", "silent", List.of()),
                new GroupEvent.PrimarySuspected(1, RuleId.PRIMARY_SUSPECTED, "a", "c", "silent", List.of()));
        Decision decision = GroupDecider.decide(state, new GroupCommand.ClearSuspicion(STAMP, 1, "heard"));
        assertNotNull(find(decision, GroupEvent.OperationFinished.class));
        GroupState back = after(state, decision.events().toArray(GroupEvent[]::new));
        assertFalse(start(back, Reason.LEASE_SILENT, SILENT, "b").accepted());
    }

    @Test
    @DisplayName("promotes without the count, and says what was skipped, kept, lost, and who was not reached")
    void promotes() {
        GroupState state = begun(forced(held(steady())));
        Decision decision = authorize(state, "b:90 a:none c:none d:80", 125);
        assertTrue(decision.accepted(), decision.why());
        PromotionForced forced = find(decision, PromotionForced.class);
        PromotionAuthorized authorized = find(decision, PromotionAuthorized.class);
        assertNotNull(forced);
        assertNotNull(authorized);
        assertEquals(RuleId.PROMOTION_FORCED, authorized.rule());
        assertEquals("b", authorized.candidate());
        assertEquals(names("d"), authorized.syncSet().standbys());
        assertEquals(35, forced.loss().bytes());
        assertEquals(new Lsn(90), forced.keptLsn());
        assertEquals(1, forced.keptEpoch());
        assertEquals(names("a c"), forced.notReached());
        assertTrue(forced.skipped().contains("1 of 2 revoked, 2 needed"), forced.skipped());
        assertTrue(
                decision.events().indexOf(forced) < decision.events().indexOf(authorized),
                "the word of the person goes first");
    }

    @Test
    @DisplayName("is not called forced where the count is met after all")
    void met() {
        Decision decision = authorize(begun(forced(held(steady()))), "b:90 c:90");
        assertTrue(decision.accepted(), decision.why());
        assertNull(find(decision, PromotionForced.class));
    }

    @ParameterizedTest(name = "{0} => {1}")
    @CsvSource({
        "b:90 d:95,        FORCED_TARGET_BEHIND",
        "d:80,             FORCED_TARGET_BEHIND",
        "b:90/1x,          PROMOTION_NO_CANDIDATE",
        "b:90@8,           PROMOTION_NO_CANDIDATE",
        "b:90^1,           PROMOTION_NO_CANDIDATE"
    })
    @DisplayName("leaves the election as it is: off-chain, foreign, unrevoked and overtaken members are not promoted")
    void election(String facts, RuleId rule) {
        Decision decision = authorize(begun(forced(held(steady()))), facts);
        assertFalse(decision.accepted(), decision.why());
        assertEquals(rule, decision.rule());
    }

    @Test
    @DisplayName(
            "of a degraded group promotes another than the recorded primary, unless that is dead and can be promoted itself")
    void degradedGroup() {
        GroupState state = begun(forced(held(degraded())));
        assertNotNull(find(authorize(state, "b:90"), PromotionForced.class));
        Decision back = authorize(state, "b:90 a:dead:120");
        assertNull(find(back, PromotionForced.class));
        PromotionAuthorized former = find(back, PromotionAuthorized.class);
        assertNotNull(former);
        assertEquals("a", former.candidate());
    }

    @Test
    @DisplayName(
            "over an epoch that is held begins the next one itself, with another chance for who was not named before")
    void unfinished() {
        GroupState state = started(steady());
        GroupState heldIn = after(state, authorize(state, "b:90").events().toArray(GroupEvent[]::new));
        assertEquals(RuleId.PROMOTION_NO_QUORUM, heldIn.held());
        GroupState next = forced(heldIn);
        assertEquals(3, next.epoch());
        assertTrue(authorize(next, "b:90").accepted());
    }

    @Test
    @DisplayName("in an asynchronous group passes max-lag")
    void asynchronous() {
        GroupState state = started(steady(Groups.asynchronous(10), Groups.members(), "none"));
        GroupState heldIn = after(state, authorize(state, "b:90", 120).events().toArray(GroupEvent[]::new));
        assertEquals(RuleId.PROMOTION_LAG_OVER_CAP, heldIn.held());
        PromotionForced forced = find(authorize(forced(heldIn), "b:90", 120), PromotionForced.class);
        assertNotNull(forced);
        assertTrue(forced.skipped().contains("max-lag"), forced.skipped());
    }

    @Test
    @DisplayName("says unknown, and why, where nobody reported a position or the candidate is of an older reign")
    void unknown() {
        var nobody = new OrderForcePromotion(STAMP, ORDER, "eve", "why", "main", 1, "b", List.of(), names("b"));
        KnownLoss loss = lossOf(GroupDecider.decide(held(steady()), nobody));
        assertEquals(-1, loss.bytes());
        assertEquals(-1, loss.silentMs());
        var older = List.of(new Seen("a", true, new Lsn(120), 1, 0, 500), new Seen("b", false, new Lsn(90), 0, 0, 1));
        var order = new OrderForcePromotion(STAMP, ORDER, "eve", "why", "main", 1, "b", older, names("b"));
        KnownLoss other = lossOf(GroupDecider.decide(held(steady()), order));
        assertEquals(-1, other.bytes());
        assertTrue(other.words().contains("unknown, because b has nothing of the last reign"), other.words());
        assertEquals(500, other.silentMs());
    }

    private static KnownLoss lossOf(Decision decision) {
        var ordered = find(decision, GroupEvent.ForcePromotionOrdered.class);
        assertNotNull(ordered, decision.why());
        return ordered.loss();
    }

    /** b was forced at 90 while c, and perhaps d, held more; its host is lost before it is established. */
    @Test
    @DisplayName("that came to nothing proves nothing about what was acknowledged before it")
    void noFloor() {
        GroupState state = begun(forced(held(steady(Groups.copies(1), Groups.members(), "1 b c d"))));
        GroupState lost = after(state, authorize(state, "b:90").events().toArray(GroupEvent[]::new));
        GroupState next = after(
                lost,
                new GroupEvent.FailoverStarted(
                        3, RuleId.FAILOVER_EXPIRED, "a", Reason.EXPIRED, List.of(), "c", 0, null, null));
        Decision decision = authorize(next, "b:90 c:95");
        assertEquals(RuleId.PROMOTION_NO_QUORUM, decision.rule(), decision.why());
    }

    @Test
    @DisplayName("makes who was not reached clone anew, out of every commit rule until it streams; others do not")
    void cloneAnew() {
        GroupState state = established();
        assertEquals(names("a c"), state.forcing().cloneAnew().keySet());
        assertTrue(state.forcing().mustBeCloned("c", 1));
        assertFalse(state.forcing().mustBeCloned("c", 2));
        assertFalse(state.forcing().mustBeCloned("d", 1));
        Decision revised = GroupDecider.decide(state, new GroupCommand.ReviseSyncSet(STAMP, 2, names("c"), names("")));
        assertFalse(revised.accepted(), revised.why());
        Decision joined = GroupDecider.decide(state, new GroupCommand.ReportJoined(STAMP, 2, "c", new Lsn(100)));
        GroupState whole = after(state, joined.events().toArray(GroupEvent[]::new));
        assertEquals(names("a"), whole.forcing().cloneAnew().keySet());
    }

    @Test
    @DisplayName("is not forgotten of a member that is removed and comes back: its data is what it was")
    void removedMeanwhile() {
        GroupState without = after(
                established(),
                new GroupEvent.SettingsRecorded(
                        2,
                        RuleId.SETTINGS_RECORDED,
                        Groups.SETTINGS,
                        List.of(Groups.member("a"), Groups.member("b"), Groups.member("d"))));
        GroupState back = after(
                without,
                new GroupEvent.SettingsRecorded(2, RuleId.SETTINGS_RECORDED, Groups.SETTINGS, Groups.members()));
        assertTrue(back.forcing().mustBeCloned("c", 1));
    }

    @Test
    @DisplayName("is done when its member is established")
    void done() {
        GroupState state = established();
        assertNull(state.forcing().order());
        assertTrue(state.finished().getLast().succeeded());
        assertEquals(ORDER, state.finished().getLast().id());
    }

    @Test
    @DisplayName("asks nobody to clone anew where its reign does not stay on the chain")
    void forgotten() {
        GroupState state = begun(forced(held(steady())));
        GroupState lost = after(state, authorize(state, "b:90 d:80").events().toArray(GroupEvent[]::new));
        GroupState back = Groups.authorized(started(lost), "c", 95, "none", 1);
        GroupState other = after(
                back,
                new GroupEvent.PrimaryEstablished(
                        3, RuleId.ESTABLISHED, "c", reign(3, 95), new Lsn(100), names(""), "7"));
        assertEquals(names(""), other.forcing().cloneAnew().keySet());
    }

    /** b, forced, is the primary of epoch 2; a and c were not reached, d was. */
    public static GroupState established() {
        GroupState state = begun(forced(held(steady())));
        GroupState authorized =
                after(state, authorize(state, "b:90 d:80").events().toArray(GroupEvent[]::new));
        Decision decision = GroupDecider.decide(
                authorized,
                new GroupCommand.ReportEstablished(STAMP, 2, "b", reign(2, 90), new Lsn(95), names("d"), "7"));
        assertTrue(decision.accepted(), decision.why());
        return after(authorized, decision.events().toArray(GroupEvent[]::new));
    }
}
