package io.interrex.postgresql;

import java.util.Collection;

/** The replication slots of a group's members: one each, on every member, holding no WAL until it is used. */
final class Slots {

    private final PostgresSettings settings;
    private final Session session;

    Slots(PostgresSettings settings, Session session) {
        this.settings = settings;
        this.session = session;
    }

    /** Makes slots for {@code members}, replaces those that lost their WAL, drops those of members that are no more. */
    void ensure(Collection<String> members) throws Trouble {
        drop("(wal_status = 'lost' or not (slot_name = any (?)))", members);
        create(members);
    }

    /** On a standby: as {@link #ensure}, and no slot holds WAL back that nobody will ever ask for. */
    void reset(Collection<String> members) throws Trouble {
        drop("(restart_lsn is not null or not (slot_name = any (?)))", members);
        create(members);
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
