package io.interrex.postgresql;

import java.time.Duration;
import java.util.Collection;
import java.util.Set;

/** The replication slots of a group's members: one each, on every member, holding no WAL until it is used. */
final class Slots {

    private static final Duration LOOK_EVERY = Duration.ofMillis(20);

    private final PostgresSettings settings;
    private final Session session;
    private volatile Set<String> members;

    Slots(PostgresSettings settings, Session session) {
        this.settings = settings;
        this.session = session;
        this.members = settings.peers().keySet();
    }

    /** Those who have slots from now on, until somebody says otherwise. */
    void use(Collection<String> now) {
        members = Set.copyOf(now);
    }

    void ensureAll() throws Trouble {
        replace(members);
    }

    void resetAll() throws Trouble {
        reset(members);
    }

    /** Makes slots for {@code members}, replaces those that lost their WAL, drops those of members that are no more. */
    void ensure(Collection<String> members) throws Trouble {
        boolean cutOff = cutOff(members);
        replace(members);
        if (!cutOff) {
            throw Trouble.unknown("who is no member any more still uses its slot, and gets WAL");
        }
    }

    private void replace(Collection<String> members) throws Trouble {
        drop("(wal_status = 'lost' or not (slot_name = any (?)))", members);
        create(members);
    }

    /** On a standby: as {@link #ensure}, and no slot holds WAL back that nobody will ever ask for. */
    void reset(Collection<String> members) throws Trouble {
        drop("(restart_lsn is not null or not (slot_name = any (?)))", members);
        create(members);
    }

    /** A slot that is in use cannot be dropped, and who is no member any more gets no WAL. */
    private boolean cutOff(Collection<String> members) throws Trouble {
        return Deadline.in(settings.limits().sql()).await(LOOK_EVERY, () -> {
            int inUse = session.one(
                    settings.limits().sql(),
                    "select count(pg_terminate_backend(active_pid)) from pg_replication_slots where slot_type = 'physical'"
                            + " and active and slot_name ~ '^interrex_' and not (slot_name = any (?))",
                    row -> row.getInt(1),
                    (Object) slotNames(members));
            return inUse == 0;
        });
    }

    private void drop(String which, Collection<String> members) throws Trouble {
        session.execute(
                settings.limits().sql(),
                "select count(pg_drop_replication_slot(slot_name)) from pg_replication_slots where slot_type = 'physical'"
                        + " and not active and slot_name ~ '^interrex_' and " + which,
                (Object) slotNames(members));
    }

    private void create(Collection<String> members) throws Trouble {
        session.execute(
                settings.limits().sql(),
                "select count(pg_create_physical_replication_slot(wanted)) from unnest(?::text[]) wanted"
                        + " where wanted not in (select slot_name from pg_replication_slots)",
                (Object) slotNames(members));
    }

    private String[] slotNames(Collection<String> members) {
        return members.stream()
                .filter(member -> !member.equals(settings.member()))
                .map(PostgresSettings::slotOf)
                .toArray(String[]::new);
    }
}
