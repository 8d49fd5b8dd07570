package io.interrex.postgresql;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.port.Database.Upstream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Makes a stopped member that went on past a switch a possible standby again. pg_rewind trusts timeline ids, which collide
 * (protocol.md, fact 4), so the markers are compared first, and anything in doubt is refused: then a clone is the way. What
 * only this member had is archived before it is overwritten.
 */
final class Rewinding {

    private static final Duration LOOK_EVERY = Duration.ofMillis(100);

    private final PostgresSettings settings;
    private final ServerConfiguration configuration;
    private final ServerProcess process;
    private final Tools tools;
    private final Starter starter;
    private final OwnPast ownPast;
    private final DivergentWal divergentWal;

    /** What a member's data, or its upstream, is made of. */
    record Chain(String systemId, int timeline, List<Reign> reigns) {}

    Rewinding(
            PostgresSettings settings,
            ServerConfiguration configuration,
            ServerProcess process,
            Tools tools,
            Starter starter,
            OwnPast ownPast,
            DivergentWal divergentWal) {
        this.settings = settings;
        this.configuration = configuration;
        this.process = process;
        this.tools = tools;
        this.starter = starter;
        this.ownPast = ownPast;
        this.divergentWal = divergentWal;
    }

    void to(Upstream upstream) throws Trouble {
        process.requireStopped("rewinding");
        new StrayTools(settings).end();
        try (var remote = sessionTo(upstream)) {
            Chain theirs = afterCheckpoint(remote, upstream);
            OwnPast.Own own = ownPast.read();
            requireHints(ControlData.read(tools, settings, settings.data()));
            Chain ours =
                    new Chain(own.systemId(), own.past().timeline(), own.past().reigns());
            requireCommonPast(ours, theirs);
            requirePredecessor(remote, theirs, ours.timeline());
            divergentWal.keep(
                    own,
                    new Divergence.Past(theirs.timeline(), theirs.reigns(), Lsn.ZERO),
                    new DivergentWal.Reason("rewind", upstream, "", 0));
            rewind(upstream);
        } catch (IOException e) {
            throw Trouble.of("rewinding member " + settings.member() + " to " + upstream.member(), e);
        }
    }

    /** Refused unless our last marker is one of theirs and our timeline is the one that this marker began. */
    static void requireCommonPast(Chain ours, Chain theirs) throws Trouble {
        String remedy = ": pg_rewind cannot be trusted here, clone the member anew";
        if (!ours.systemId().equals(theirs.systemId())) {
            throw Trouble.refused("this data directory belongs to another database (system identifier "
                    + ours.systemId() + ", the primary has " + theirs.systemId() + ")" + remedy);
        }
        if (ours.reigns().isEmpty()) {
            throw Trouble.refused("this data directory holds no epoch marker" + remedy);
        }
        Reign last = ours.reigns().getLast();
        boolean shared = theirs.reigns().stream()
                .anyMatch(reign -> reign.epoch() == last.epoch() && reign.uuid().equals(last.uuid()));
        if (!shared) {
            throw Trouble.refused("the last marker here (epoch " + last.epoch() + ", " + last.uuid()
                    + ") is not one of the primary's" + remedy);
        }
        if (last.timeline() != ours.timeline()) {
            throw Trouble.refused("timeline " + ours.timeline() + " here was begun without a marker (the last one is of"
                    + " timeline " + last.timeline() + "), so its number may be another's" + remedy);
        }
        if (ours.timeline() >= theirs.timeline()) {
            throw Trouble.refused("timeline " + ours.timeline() + " here is not older than the primary's "
                    + theirs.timeline() + remedy);
        }
    }

    /** Before anything is marked as begun: pg_rewind refuses too, but then the data count as half rewound. */
    static void requireHints(ControlData control) throws Trouble {
        if (!control.rewindable()) {
            throw Trouble.refused(
                    "neither checksums of pages nor wal_log_hints are on here: pg_rewind would miss pages,"
                            + " a clone is the way. For the next time set wal_log_hints = on, or run pg_checksums --enable");
        }
    }

    private Session sessionTo(Upstream upstream) {
        var target = new Session.Target(
                upstream.host(), upstream.port(), PostgresSettings.DATABASE, PostgresSettings.REWIND_ROLE, "rewind");
        return new Session(target, new Secrets(settings.secrets()));
    }

    /** pg_rewind reads the upstream's control file, which names the new timeline only after a checkpoint. */
    private Chain afterCheckpoint(Session remote, Upstream upstream) throws Trouble {
        Duration limit = settings.limits().sql();
        boolean primary = remote.one(limit, "select not pg_is_in_recovery()", row -> row.getBoolean(1));
        if (!primary) {
            throw Trouble.refused("member " + upstream.member() + " is no primary: there is nothing to rewind to");
        }
        boolean written = Deadline.in(settings.limits().tool())
                .await(
                        LOOK_EVERY,
                        () -> remote.one(
                                limit,
                                "select timeline_id = ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int"
                                        + " from pg_control_checkpoint()",
                                row -> row.getBoolean(1)));
        if (!written) {
            throw Trouble.refused("member " + upstream.member() + " has not finished its first checkpoint as a primary"
                    + " yet: try again");
        }
        int timeline = remote.one(limit, "select timeline_id from pg_control_checkpoint()", row -> row.getInt(1));
        String systemId =
                remote.one(limit, "select system_identifier::text from pg_control_system()", row -> row.getString(1));
        return new Chain(systemId, timeline, remote.one(limit, Markers.LINEAGE, Markers::reigns));
    }

    private void requirePredecessor(Session remote, Chain theirs, int ourTimeline) throws Trouble {
        String text = remote.one(
                settings.limits().sql(),
                "select convert_from(pg_read_binary_file(?), 'UTF8')",
                row -> row.getString(1),
                "pg_wal/%08X.history".formatted(theirs.timeline()));
        if (TimelineHistory.parse(text).leftAt(ourTimeline).isEmpty()) {
            throw Trouble.refused(
                    "timeline " + ourTimeline + " is not among the primary's predecessors: clone this member anew");
        }
    }

    private void rewind(Upstream upstream) throws IOException, Trouble {
        configuration.writePassFile();
        DurableFiles.write(
                settings.incomplete(),
                "a rewind to member " + upstream.member() + " was begun and not finished\n",
                DurableFiles.SECRET);
        var output = tools.run(
                List.of(
                        settings.tool("pg_rewind"),
                        "--target-pgdata=" + settings.data(),
                        "--no-ensure-shutdown",
                        "--source-server=host=" + upstream.host() + " port=" + upstream.port() + " user="
                                + PostgresSettings.REWIND_ROLE + " dbname=" + PostgresSettings.DATABASE + " passfile='"
                                + settings.passFile() + "' connect_timeout=5 keepalives_idle=5 gssencmode=disable"),
                settings.limits().copy());
        if (output.exit() != 0) {
            throw Trouble.refused("pg_rewind to member " + upstream.member() + " failed: " + output.lastLines(2)
                    + Remedies.of(output.text()));
        }
        configuration.write(ServerRole.standby(upstream));
        starter.signalFile(true);
        DurableFiles.delete(settings.incomplete());
    }
}
