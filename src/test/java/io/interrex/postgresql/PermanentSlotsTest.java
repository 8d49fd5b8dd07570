package io.interrex.postgresql;

import static io.interrex.testkit.TempMembers.get;
import static io.interrex.testkit.TempMembers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupDecider;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvolution;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.ReportLogicalSlot;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.group.SlotEvent.SlotPositionLost;
import io.interrex.cluster.member.SlotPlanner;
import io.interrex.cluster.port.Database.Promoted;
import io.interrex.cluster.port.Slot;
import io.interrex.cluster.port.SlotPlan;
import io.interrex.cluster.settings.PermanentSlot;
import io.interrex.cluster.settings.PermanentSlot.Kind;
import io.interrex.testkit.TempMembers;
import io.interrex.testkit.TempMembers.Member;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Permanent slots of two real servers")
class PermanentSlotsTest {

    private static final PermanentSlot CDC = new PermanentSlot("cdc", Kind.LOGICAL, "app", "test_decoding");
    private static final PermanentSlot KEEP = new PermanentSlot("keep", Kind.PHYSICAL, "", "");
    private static final UUID FIRST = UUID.randomUUID();
    private static final UUID SECOND = UUID.randomUUID();

    private final List<GroupEvent> recorded = new ArrayList<>();
    private final Map<String, Lsn> heard = new HashMap<>();
    private @Nullable GroupState group;

    private static PostgresSettings adjusted(PostgresSettings settings) {
        var parameters = new TreeMap<>(settings.parameters());
        parameters.put("wal_keep_size", "0");
        parameters.put("max_wal_size", "32MB");
        return settings.withParameters(parameters).withLogical(true);
    }

    @Test
    @DisplayName(
            "a physical one has all its WAL on the next primary; a logical one begins anew there, and what is missing is told; what is named no more is dropped everywhere, and nobody else's is")
    void slots() throws Exception {
        try (var members = new TempMembers(PermanentSlotsTest::adjusted, "a", "b")) {
            Member a = members.member("a");
            Member b = members.member("b");
            begin(a, b);
            sql(a, "select pg_create_physical_replication_slot('theirs', true)");
            keep(a, Map.of());
            assertEquals(List.of("cdc own", "keep own", "theirs"), names(a));
            var again = List.of(KEEP, new PermanentSlot("theirs", Kind.PHYSICAL, "", ""));
            value(a.database().keep(new SlotPlan(true, 1, new TreeSet<>(), again, new TreeSet<>(), new TreeMap<>())));
            assertEquals(List.of("cdc own", "keep own", "theirs"), names(a), "what is there is not made again");
            keep(b, positions(a));
            assertEquals(List.of("keep own"), names(b));
            assertEquals("", Client.tryWrite(a, 1));
            assertTrue(changes(a).contains("1"), "its consumer takes the first row");
            Lsn wanted = follows(a, b);

            assertEquals("", Client.tryWrite(a, 2), "nobody takes the second");
            Lsn confirmed = slot(a, "cdc").confirmed();
            Promoted promoted = switchOver(a, b);
            logOf(history(a, b, promoted).subList(2, 5));

            assertHasWal(b, wanted);
            heard.put("cdc", confirmed);
            keep(b, Map.of());
            var lost = assertInstanceOf(SlotPositionLost.class, recorded.getLast());
            assertEquals(confirmed, lost.from());
            assertEquals(slot(b, "cdc").madeAt(), lost.to());
            assertEquals("", Client.tryWrite(b, 3));
            String stream = changes(b);
            assertTrue(stream.contains("integer]:3") && !stream.contains("integer]:2"), stream);

            value(a.database().startAsStandby(b.upstream()));
            Wait.until(() -> get(a.database().status()).receiving());
            assertEquals(List.of("keep own", "theirs"), names(a));
            named();
            keep(a, positions(b));
            keep(b, Map.of());
            assertEquals(List.of("theirs"), names(a));
            assertEquals(List.of(), names(b));
        }
    }

    private void begin(Member a, Member b) throws Exception {
        value(a.database().initialise());
        value(a.database().startAsPrimary(SyncSet.NONE));
        value(a.database().writeMarker(1, FIRST));
        value(a.database().admitClients(true));
        Client.createTable(a);
        value(b.database().cloneFrom(a.upstream()));
        value(b.database().startAsStandby(a.upstream()));
        Wait.until(() -> get(b.database().status()).receiving());
        var history = history(a, b, new Promoted(1, Lsn.ZERO));
        logOf(List.of(history.get(0), history.get(1), history.getLast()));
        named(CDC, KEEP);
    }

    /** The WAL that its consumer needs is kept on both, whatever is written; it moves on, and the standby's copy follows. */
    private Lsn follows(Member a, Member b) throws Exception {
        Lsn wanted = slot(a, "keep").restart();
        for (int i = 0; i < 5; i++) {
            sql(a, "select pg_switch_wal()");
            assertEquals("", Client.tryWrite(a, 100 + i));
        }
        sql(a, "checkpoint");
        Wait.until(() -> get(b.database().status())
                .replayed()
                .isAtLeast(get(a.database().status()).lsn()));
        sql(b, "checkpoint");
        assertHasWal(b, wanted);
        String next = wanted.toString().replaceFirst("/.*", "/")
                + Long.toHexString(wanted.value() + (3L << 24) & 0xFFFF_FFFFL);
        sql(a, "select pg_replication_slot_advance('keep', '" + next + "')");
        Lsn moved = slot(a, "keep").restart();
        assertTrue(moved.bytesSince(wanted) >= 2L << 24, moved.toString());
        keep(b, positions(a));
        Lsn followed = slot(b, "keep").restart();
        assertTrue(moved.isAtLeast(followed) && followed.bytesSince(wanted) > 0, followed + " after " + moved);
        return moved;
    }

    private static void assertHasWal(Member member, Lsn at) {
        String segment = "%08X%08X%08X".formatted(1, at.value() >>> 32, (at.value() & 0xFFFF_FFFFL) >>> 24);
        assertTrue(
                Files.exists(member.settings().data().resolve("pg_wal").resolve(segment)),
                member.settings().member() + " has no segment " + segment);
    }

    private static Promoted switchOver(Member a, Member b) {
        value(a.database().stopClean(Duration.ofSeconds(10)));
        value(b.database().detach());
        Promoted promoted = value(b.database().promote(SyncSet.NONE));
        value(b.database().writeMarker(2, SECOND));
        value(b.database().admitClients(true));
        return promoted;
    }

    private void logOf(List<GroupEvent> events) {
        for (GroupEvent event : events) {
            group = GroupEvolution.evolve(group, event);
        }
    }

    private List<GroupEvent> history(Member a, Member b, Promoted promoted) {
        return Reigns.after(a.settings(), b.settings(), FIRST, SECOND, promoted, 3, Duration.ofMinutes(1));
    }

    private static GroupState naming(GroupState state, PermanentSlot... slots) {
        return GroupEvolution.evolve(
                state,
                new GroupEvent.SettingsRecorded(
                        state.epoch(),
                        RuleId.SETTINGS_RECORDED,
                        state.settings().withSlots(List.of(slots)).identified(),
                        List.copyOf(state.members().values())));
    }

    private void named(PermanentSlot... slots) {
        group = naming(state(), slots);
    }

    private GroupState state() {
        GroupState known = group;
        if (known == null) {
            throw new IllegalStateException("there is no group yet");
        }
        return known;
    }

    /** As its agent does, until there is nothing left to do. */
    private void keep(Member member, Map<String, Lsn> onPrimary) {
        String name = member.settings().member();
        for (int turn = 0; turn < 3; turn++) {
            var process = get(member.database().status()).process();
            List<Slot> there = get(member.database().slots()).slots();
            for (ReportLogicalSlot report : SlotPlanner.reports(state(), name, there, heard, new Stamp(name, 0))) {
                for (GroupEvent event : GroupDecider.decide(state(), report).events()) {
                    group = GroupEvolution.evolve(state(), event);
                    recorded.add(event);
                }
            }
            var plan = SlotPlanner.plan(state(), name, process, there, onPrimary);
            if (plan.isEmpty()) {
                return;
            }
            value(member.database().keep(plan.get()));
        }
    }

    private static List<String> names(Member member) {
        return get(member.database().slots()).slots().stream()
                .map(slot -> slot.name() + (slot.own() ? " own" : ""))
                .toList();
    }

    private static Slot slot(Member member, String name) {
        return get(member.database().slots()).slots().stream()
                .filter(slot -> slot.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, Lsn> positions(Member primary) {
        var positions = new HashMap<String, Lsn>();
        get(primary.database().slots()).slots().forEach(slot -> positions.put(slot.name(), slot.restart()));
        return positions;
    }

    private static void sql(Member member, String statement) throws Exception {
        RunningGroup.byHand(member, statement);
    }

    /** What a consumer of the logical slot gets, and confirms. */
    private static String changes(Member primary) throws Exception {
        var lines = new ArrayList<String>();
        try (Connection consumer = Client.connectAsAdmin(primary, CDC.database());
                Statement statement = consumer.createStatement();
                var rows = statement.executeQuery("select data from pg_logical_slot_get_changes('cdc', null, null)")) {
            while (rows.next()) {
                lines.add(rows.getString(1));
            }
        }
        return String.join("\n", lines);
    }
}
