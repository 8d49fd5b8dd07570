package io.interrex.postgresql;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Says what is in the way of adopting a server, everything at once, from what was found of it. */
final class AdoptionChecks {

    private static final int OLDEST_VERSION = 14;

    /** What Interrex sets it to, on primaries and standbys alike. */
    private static final int SENDERS_MAX = 16;

    private static final long FREE_MIN = 512L << 20;

    /** Where a server logs, and what it is called in process titles: nothing that clients or data depend on. */
    private static final Set<String> LOGGING = Set.of(
            "cluster_name",
            "external_pid_file",
            "lc_messages",
            "log_destination",
            "logging_collector",
            "log_directory",
            "log_filename",
            "log_file_mode",
            "log_line_prefix",
            "log_rotation_age",
            "log_rotation_size",
            "log_timezone",
            "log_truncate_on_rotation");

    private final Wanted wanted;
    private final List<Hindrance> found = new ArrayList<>();

    /**
     * @param first the member that the group is to begin with, empty where the file names none
     * @param group its key in the file
     * @param overridden whether Interrex decides a parameter whatever the server's own files say
     */
    record Wanted(
            String group,
            String first,
            PostgresSettings settings,
            java.util.function.Predicate<String> overridden,
            java.util.function.Predicate<String> notConfigurable) {
        boolean isFirst() {
            return settings.member().equals(first);
        }
    }

    AdoptionChecks(Wanted wanted) {
        this.wanted = wanted;
    }

    List<Hindrance> found() {
        return List.copyOf(found);
    }

    private void add(String what, String remedy) {
        found.add(Hindrance.of(what, remedy));
    }

    void place(AdoptionPlace p) {
        if (wanted.first().isEmpty()) {
            add(
                    "the file does not say that group " + wanted.group() + " begins with an existing database",
                    "Write groups." + wanted.group()
                            + ".adopt = the member whose server is the primary, into the file of all nodes");
        }
        if (!p.whole()) {
            add(p.from() + " is no data directory of PostgreSQL", "Name the directory that holds PG_VERSION");
            return;
        }
        if (!p.owner().equals(p.user())) {
            add(
                    p.from() + " belongs to the user " + p.owner() + ", and this runs as " + p.user(),
                    "Run this command and the node as that user (User= of the unit interrex), or: chown -R " + p.user()
                            + " " + p.from() + " while the server is stopped");
        }
        if (p.taken()) {
            add(
                    wanted.settings().home() + " has something in it already",
                    "Name another directory in groups." + wanted.group() + ".members."
                            + wanted.settings().member() + ".data, or empty this one yourself");
        } else if (!p.movable()) {
            add(
                    p.from() + " cannot become " + wanted.settings().data() + " by one rename",
                    "Name a directory for members." + wanted.settings().member()
                            + ".data in the same file system, whose parent this user may write to, as it may to the parent of "
                            + p.from() + "; a mount point is no such directory");
        }
        if (p.freeBytes() < FREE_MIN) {
            add(
                    "%d MiB are free at %s".formatted(p.freeBytes() >> 20, p.from()),
                    "Make room: a primary needs at least %d MiB".formatted(FREE_MIN >> 20));
        }
        if (!p.history()) {
            add(
                    "the history file of its timeline is not in " + p.from().resolve("pg_wal"),
                    "Copy it back from the archive of WAL");
        }
        if (p.walLink()) {
            add("pg_wal is a relative link, which leads elsewhere when the directory moves", "Make it an absolute one");
        }
    }

    void server(AdoptionFacts f) {
        if (!f.superuser()) {
            add("the login is no superuser's", "Name one by --login");
        }
        if (f.version() < OLDEST_VERSION) {
            add(
                    "it is PostgreSQL " + f.version() + ", and " + OLDEST_VERSION + " is the oldest",
                    "pg_upgrade it first");
        }
        role(f);
        if (!f.checksums() && !f.walLogHints()) {
            add(
                    "it has neither checksums nor wal_log_hints: a member that went astray could not be rewound",
                    "ALTER SYSTEM SET wal_log_hints = on and restart it, or pg_checksums --enable while it is stopped");
        }
        if (!f.tablespaces().isEmpty()) {
            add(
                    "it has tablespaces (" + String.join(", ", f.tablespaces()) + "), which a clone does not bring",
                    "Move what is in them: ALTER TABLE … SET TABLESPACE pg_default, then DROP TABLESPACE");
        }
        replication(f);
        settings(f);
        rules(f);
        own(f);
    }

    private void role(AdoptionFacts f) {
        if (wanted.first().isEmpty()) {
            return;
        }
        if (wanted.isFirst() && f.standby()) {
            add(
                    "it is in recovery" + (f.upstream().isEmpty() ? "" : ", and follows " + f.upstream())
                            + ", but the group is to begin with it",
                    "Write groups." + wanted.group() + ".adopt = the member whose server is the primary");
        }
        if (!wanted.isFirst() && !f.standby()) {
            add(
                    "two nodes would have a primary's data: the group is to begin with %s, and the server of %s is out of recovery too (system identifier %s, timeline %d)"
                            .formatted(wanted.first(), wanted.settings().member(), f.systemId(), f.timeline()),
                    "Find out which of them has what is wanted. The other is not adopted: leave its directory where it is, and its"
                            + " member is cloned");
        }
    }

    private void replication(AdoptionFacts f) {
        if (f.maxWalSenders() > SENDERS_MAX) {
            add(
                    "max_wal_senders is %d, and Interrex sets %d: its standbys would not start"
                            .formatted(f.maxWalSenders(), SENDERS_MAX),
                    "Lower it to %d on all, the primary first, and restart them".formatted(SENDERS_MAX));
        }
        int slots = f.physicalSlots().size() + wanted.settings().peers().size();
        if (!f.logicalSlots().isEmpty()) {
            add(
                    "it has logical slots (" + String.join(", ", f.logicalSlots())
                            + "): Interrex sets wal_level = replica, with which a server that has some does not start",
                    "Drop them: pg_drop_replication_slot");
        } else if (slots > SENDERS_MAX) {
            add(
                    "with those of the members there would be %d slots, more than %d".formatted(slots, SENDERS_MAX),
                    "Drop some of: " + String.join(", ", f.physicalSlots()));
        }
    }

    private void settings(AdoptionFacts f) {
        for (AdoptionFacts.Setting s : f.settings()) {
            boolean configured = wanted.settings().parameters().containsKey(s.name());
            boolean given = wanted.notConfigurable().test(s.name());
            if (given) {
                given(s);
            } else if (!configured && !LOGGING.contains(s.name()) && !isKept(s)) {
                found.add(new Hindrance(
                        "%s = '%s' (%s) would not hold any more"
                                .formatted(s.name(), s.value(), s.file() == null ? "its command line" : s.file()),
                        "Write into groups.%s.postgres.parameters: %s = \"%s\""
                                .formatted(wanted.group(), quotedKey(s.name()), s.value()),
                        s.name()));
            }
        }
    }

    private static String quotedKey(String name) {
        return name.contains(".") ? '"' + name + '"' : name;
    }

    /** Interrex reads the directory's own postgresql.conf, and the server reads postgresql.auto.conf last. */
    private boolean isKept(AdoptionFacts.Setting s) {
        if (s.file() == null) {
            return false;
        }
        Path name = Path.of(s.file()).getFileName();
        if (name != null && name.toString().equals("postgresql.auto.conf")) {
            return true;
        }
        return s.inData() && !wanted.overridden().test(s.name());
    }

    private void given(AdoptionFacts.Setting s) {
        boolean archives = s.name().equals("archive_mode") && !s.value().equals("off");
        boolean logical = s.name().equals("wal_level") && s.value().equals("logical");
        boolean hintsElsewhere = s.name().equals("wal_log_hints") && s.value().equals("on") && !isKept(s);
        if (archives || logical) {
            found.add(new Hindrance(
                    s.name() + " = " + s.value() + " would not hold any more: Interrex sets it to "
                            + (archives ? "off, and nothing archives WAL" : "replica, and nothing decodes WAL"),
                    "If that may end, give it up",
                    s.name()));
        } else if (hintsElsewhere) {
            add(
                    "wal_log_hints = on is set outside of the data directory",
                    "ALTER SYSTEM SET wal_log_hints = on: what is set so moves with the data");
        }
    }

    private void rules(AdoptionFacts f) {
        List<String> kept = wanted.settings().clientRules().stream()
                .map(AdoptionChecks::plain)
                .toList();
        List<String> lost = f.clientRules().stream()
                .filter(rule -> !kept.contains(plain(rule)))
                .toList();
        if (!lost.isEmpty()) {
            var quoted = f.clientRules().stream()
                    .map(rule -> '"' + plain(rule).replace("\"", "\\\"") + '"')
                    .toList();
            found.add(new Hindrance(
                    "these rules of " + f.hbaFile() + " would not let clients in any more: " + String.join("; ", lost),
                    "Write into groups.%s.postgres: client-rules = [ %s ]"
                            .formatted(wanted.group(), String.join(", ", quoted)),
                    "pg_hba.conf"));
        }
        if (f.identLost()) {
            found.add(new Hindrance(
                    "the rules in " + f.identFile() + " would not hold any more",
                    "Copy it to pg_ident.conf in the data directory",
                    "pg_ident.conf"));
        }
    }

    private static String plain(String rule) {
        return rule.strip().replaceAll("[ \\t]+", " ");
    }

    private void own(AdoptionFacts f) {
        PostgresSettings.Application application = wanted.settings().application();
        if (application != null && !f.databases().contains(application.database())) {
            add(
                    "it has no database " + application.database() + ", which the file names",
                    "Name one that it has in groups." + wanted.group() + ".postgres.database");
        }
        if (application != null && !f.roles().contains(application.role())) {
            add(
                    "it has no role " + application.role() + ", which the file names",
                    "Name one that it has in groups." + wanted.group() + ".postgres.user");
        }
        if (f.foreignInterrex()) {
            add(
                    "it has a database " + PostgresSettings.DATABASE + " with something else in it than Interrex makes",
                    "Rename it: ALTER DATABASE " + PostgresSettings.DATABASE + " RENAME TO …");
        }
        boolean earlier = f.markers().size() > 1 || f.markers().stream().anyMatch(marker -> !marker.startsWith("1 "));
        if (earlier) {
            add(
                    "it was a member of an Interrex group before: it has the markers of the reigns "
                            + String.join(", ", f.markers()),
                    "If that group is gone for good: DROP DATABASE " + PostgresSettings.DATABASE);
        } else if (f.standby() && f.markers().isEmpty()) {
            add(
                    "the marker of the group's first reign has not come here",
                    "Prepare the primary first, and let this standby receive it; or do not adopt it: leave its directory where it"
                            + " is, and its member is cloned");
        }
    }

    /** No node starts without the file of the application's password, and only the person knows the password. */
    void applicationPassword(Path secrets) {
        PostgresSettings.Application application = wanted.settings().application();
        if (application != null && !Files.exists(secrets.resolve(application.role()))) {
            add(
                    "the password of " + application.role()
                            + " is not in the directory of secrets, and no node starts without it",
                    "Write the one that it has into " + secrets.resolve(application.role()) + ", with mode 0600");
        }
    }

    /** The nodes log in to each other's servers with them. */
    void passwords(AdoptionFacts f, Secrets secrets) throws Trouble {
        for (var entry : f.verifiers().entrySet()) {
            if (!ScramVerifier.matches(entry.getValue(), secrets.password(entry.getKey()))) {
                add(
                        "the password of " + entry.getKey()
                                + " in this node's directory of secrets is not the one that the primary was prepared with",
                        "Copy that directory from the primary's node, with mode 0600 of its files");
            }
        }
    }

    /** What must be so before the directory is moved. */
    void stopped(AdoptionPlace p, ControlData control, io.interrex.cluster.charter.Adoption adoption) {
        if (p.pid() != 0) {
            add(
                    "its server runs (process " + p.pid() + ")",
                    p.unit().isEmpty()
                            ? "Stop it with what started it, cleanly"
                            : "systemctl disable --now " + p.unit() + " && systemctl mask " + p.unit());
        } else if (adoption.primary() ? !control.isCleanPrimary() : !control.isCleanStandby()) {
            add(
                    "its server ended as '" + control.state() + "'",
                    "Start it with what started it before, and stop it cleanly"
                            + (adoption.primary() ? "" : "; it must still be a standby then"));
        }
        if (!control.systemId().equals(adoption.systemId()) || control.timeline() != adoption.timeline()) {
            add(
                    "it is of system identifier %s and timeline %d now, and was prepared with %s and %d"
                            .formatted(
                                    control.systemId(), control.timeline(), adoption.systemId(), adoption.timeline()),
                    "Start its server again, and prepare it again");
        }
        if (adoption.primary() != wanted.isFirst()) {
            add(
                    "it was prepared as " + (adoption.primary() ? "the primary" : "a replica")
                            + ", and now the group is to begin with " + wanted.first(),
                    "Find out which server has what is wanted. Another primary is not adopted: leave its directory where it is,"
                            + " and its member is cloned");
        }
        p.managers()
                .forEach(
                        manager -> add(
                                manager + " runs on this host, and would start or make a server by itself",
                                "Stop it (Patroni: patronictl pause, then stop its service), and keep it from being started at boot"));
    }
}
