package io.interrex.postgresql;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.port.Slot;
import io.interrex.cluster.port.SlotPlan;
import io.interrex.cluster.settings.PermanentSlot;
import io.interrex.cluster.settings.PermanentSlot.Kind;
import io.interrex.postgresql.MadeSlots.Made;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;

/** The slots of one server that are not its group's members': looks at them, and carries plans out. */
final class PermanentSlots {

    /** A logical slot waits for the transactions that run when it is made. */
    static final Duration MAKING = Duration.ofSeconds(30);

    private static final Duration LOOK_EVERY = Duration.ofMillis(20);
    private static final String FIELD = "\u001f";
    private static final String SLOT = "\u001e";

    /** On a standby PostgreSQL does not say how much may be written yet. */
    private static final String SQL = """
            select coalesce(string_agg(concat_ws(E'\\x1f', slot_name, slot_type, coalesce(database, ''), coalesce(plugin, ''), active,
                       coalesce(restart_lsn, '0/0'), coalesce(confirmed_flush_lsn, '0/0'), coalesce(wal_status, ''),
                       greatest(0, coalesce(pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_replay_lsn()
                           else pg_current_wal_lsn() end, restart_lsn), 0))::bigint,
                       case when pg_is_in_recovery() or wal_status = 'lost' then -1 else coalesce(safe_wal_size, -1) end),
                   E'\\x1e' order by slot_name), '')
              from pg_replication_slots where slot_name !~ '^interrex_' and not temporary
            """;

    private final PostgresSettings settings;
    private final Session session;
    private final MadeSlots made;
    /** Odd while a plan is carried out: what is seen then says nothing of what is not there. */
    private final AtomicLong turns = new AtomicLong();

    PermanentSlots(PostgresSettings settings, Session session) {
        this.settings = settings;
        this.session = session;
        this.made = new MadeSlots(settings.configFile().resolveSibling("slots"));
    }

    /** What is not there any more is forgotten: the next slot of that name may be somebody else's. */
    List<Slot> look(Session looking) throws Trouble {
        long turn = turns.get();
        String text = looking.one(settings.limits().status(), SQL, row -> row.getString(1));
        Map<String, Made> own = made.all();
        List<Slot> slots = Arrays.stream(text.split(SLOT))
                .map(slot -> slot.split(FIELD, -1))
                .filter(words -> words.length == 10)
                .map(words -> slot(words, own))
                .toList();
        var gone = new TreeSet<>(own.keySet());
        slots.forEach(slot -> gone.remove(slot.name()));
        if (!gone.isEmpty() && turn % 2 == 0 && turn == turns.get()) {
            made.forget(gone);
        }
        return slots;
    }

    private static Slot slot(String[] words, Map<String, Made> own) {
        Kind kind = words[1].equals("logical") ? Kind.LOGICAL : Kind.PHYSICAL;
        Made known = own.get(words[0]);
        boolean ours = known != null && known.kind() == kind;
        return new Slot(
                new PermanentSlot(words[0], kind, words[2], words[3]),
                words[4].startsWith("t"),
                Lsn.parse(words[5]),
                Lsn.parse(words[6]),
                words[7],
                Long.parseLong(words[8]),
                Long.parseLong(words[9]),
                ours,
                known != null && ours ? known.epoch() : 0,
                known != null && ours ? known.at() : Lsn.ZERO);
    }

    void keep(SlotPlan plan) throws Trouble {
        turns.incrementAndGet();
        try {
            boolean primary = !session.one(limit(), "select pg_is_in_recovery()", row -> row.getBoolean(1));
            if (primary != plan.primary()) {
                throw Trouble.refused("the plan for slots is for a " + (plan.primary() ? "primary" : "standby")
                        + ", and the server is none any more");
            }
            var problems = new ArrayList<String>();
            plan.drop().forEach(name -> attempt(problems, () -> drop(session, name)));
            for (PermanentSlot slot : plan.make()) {
                attempt(problems, () -> make(slot, plan.epoch()));
            }
            for (String name : plan.take()) {
                attempt(problems, () -> take(name, plan.epoch()));
            }
            plan.advance().forEach((name, to) -> attempt(problems, () -> advance(name, to)));
            if (!problems.isEmpty()) {
                throw Trouble.refused(String.join("; ", problems));
            }
        } finally {
            turns.incrementAndGet();
        }
    }

    /** A server that was a primary, and is in recovery: where its logical slots stood says nothing of a later reign. */
    void dropLogical(Session own) throws Trouble {
        for (var entry : made.all().entrySet()) {
            if (entry.getValue().kind() == Kind.LOGICAL) {
                drop(own, entry.getKey());
            }
        }
    }

    @FunctionalInterface
    private interface Change {
        void make() throws Trouble;
    }

    /** One slot that cannot be had keeps no other from being. */
    private static void attempt(List<String> problems, Change change) {
        try {
            change.make();
        } catch (Trouble e) {
            problems.add(e.text());
        }
    }

    private void drop(Session own, String name) throws Trouble {
        boolean free = Deadline.in(limit())
                .await(
                        LOOK_EVERY,
                        () -> own.one(
                                limit(),
                                "select count(pg_terminate_backend(active_pid)) = 0 from pg_replication_slots where active and slot_name = ?",
                                row -> row.getBoolean(1),
                                name));
        if (!free) {
            throw Trouble.unknown("slot " + name + " is to go, and somebody still uses it");
        }
        own.execute(
                limit(),
                "select count(pg_drop_replication_slot(slot_name)) from pg_replication_slots where slot_name = ?",
                name);
        made.forget(List.of(name));
    }

    /**
     * It is remembered first: what is there after a crash is known to be ours. One of that name that was not seen before stays what it
     * is: the next look says whose.
     */
    private void make(PermanentSlot slot, long epoch) throws Trouble {
        long there = session.one(
                limit(),
                "select count(*) from pg_replication_slots where slot_name = ?",
                row -> row.getLong(1),
                slot.name());
        if (there > 0) {
            return;
        }
        boolean ours = slot.logical() ? makeLogical(slot, epoch) : makePhysical(slot, epoch);
        if (!ours) {
            made.forget(List.of(slot.name()));
        }
    }

    private boolean makePhysical(PermanentSlot slot, long epoch) throws Trouble {
        made.put(slot.name(), new Made(slot.kind(), epoch, Lsn.ZERO));
        return session.first(
                        limit(),
                        "select true from (select pg_create_physical_replication_slot(wanted, true) from unnest(array[?]) wanted"
                                + " where wanted not in (select slot_name from pg_replication_slots)) created",
                        row -> row.getBoolean(1),
                        slot.name())
                != null;
    }

    /** Whether it was made. */
    private boolean makeLogical(PermanentSlot slot, long epoch) throws Trouble {
        String level = session.one(limit(), "select current_setting('wal_level')", row -> row.getString(1));
        if (!level.equals("logical")) {
            throw Trouble.refused(
                    "slot %s waits for a restart of the server: its wal_level is %s (interrex restart --pending)"
                            .formatted(slot.name(), level));
        }
        made.put(slot.name(), new Made(slot.kind(), epoch, Lsn.ZERO));
        try (var fresh = Session.ofAgent(settings, "slots", slot.database())) {
            String at = fresh.first(
                    MAKING,
                    "select (pg_create_logical_replication_slot(wanted, ?)).lsn::text from unnest(array[?]) wanted"
                            + " where wanted not in (select slot_name from pg_replication_slots)",
                    row -> row.getString(1),
                    slot.plugin(),
                    slot.name());
            if (at != null) {
                made.put(slot.name(), new Made(slot.kind(), epoch, Lsn.parse(at)));
            }
            return at != null;
        }
    }

    private void take(String name, long epoch) throws Trouble {
        Made known = made.all().get(name);
        if (known != null && !known.at().equals(Lsn.ZERO)) {
            return;
        }
        String[] found = session.first(
                limit(),
                "select slot_type, coalesce(confirmed_flush_lsn, '0/0')::text from pg_replication_slots where slot_name = ?",
                row -> new String[] {row.getString(1), row.getString(2)},
                name);
        if (found != null) {
            Kind kind = found[0].equals("logical") ? Kind.LOGICAL : Kind.PHYSICAL;
            made.put(name, new Made(kind, epoch, Lsn.parse(found[1])));
        }
    }

    private void advance(String name, Lsn to) throws Trouble {
        session.execute(
                limit(),
                "select count(pg_replication_slot_advance(slot_name, ?::pg_lsn)) from pg_replication_slots"
                        + " where slot_name = ? and not active and restart_lsn < ?::pg_lsn",
                to.toString(),
                name,
                to.toString());
    }

    private Duration limit() {
        return settings.limits().sql();
    }
}
