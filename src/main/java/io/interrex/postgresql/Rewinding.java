package io.interrex.postgresql;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.port.Database.Upstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a stopped member that went on past a switch a possible standby again. pg_rewind trusts timeline ids, which collide
 * (protocol.md, fact 4), so the markers are compared first, and anything in doubt is refused: then a clone is the way. What
 * only this member had is archived before it is overwritten.
 */
final class Rewinding {

    private static final Logger LOG = LoggerFactory.getLogger(Rewinding.class);
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    private static final int FIRST_SEGMENT_DIGIT = 8;
    private static final int SEGMENT_NAME_LENGTH = 24;

    private final PostgresSettings settings;
    private final ServerConfiguration configuration;
    private final ServerProcess process;
    private final Tools tools;
    private final Starter starter;
    private final Markers markers;

    /** What a member's data, or its upstream, is made of. */
    record Chain(String systemId, int timeline, List<Reign> reigns) {}

    Rewinding(
            PostgresSettings settings,
            ServerConfiguration configuration,
            ServerProcess process,
            Tools tools,
            Starter starter,
            Markers markers) {
        this.settings = settings;
        this.configuration = configuration;
        this.process = process;
        this.tools = tools;
        this.starter = starter;
        this.markers = markers;
    }

    void to(Upstream upstream) throws Trouble {
        process.requireStopped("rewinding");
        try (var remote = sessionTo(upstream)) {
            Chain theirs = afterCheckpoint(remote, upstream);
            Chain ours = own();
            requireCommonPast(ours, theirs);
            Lsn left = leftAt(remote, theirs, ours.timeline());
            archive(ours.timeline(), left);
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

    /** Started without an upstream and stopped again: what it holds is replayed, and its control file is clean. */
    private Chain own() throws Trouble {
        starter.asStandby(null);
        List<Reign> reigns;
        try {
            reigns = markers.lineage();
        } finally {
            process.stopFast(settings.limits().start());
        }
        ControlData control = ControlData.read(tools, settings, settings.data());
        return new Chain(control.systemId(), control.reachedTimeline(), reigns);
    }

    private Lsn leftAt(Session remote, Chain theirs, int ourTimeline) throws Trouble {
        String text = remote.one(
                settings.limits().sql(),
                "select convert_from(pg_read_binary_file(?), 'UTF8')",
                row -> row.getString(1),
                "pg_wal/%08X.history".formatted(theirs.timeline()));
        return TimelineHistory.parse(text)
                .leftAt(ourTimeline)
                .orElseThrow(() -> Trouble.refused("timeline " + ourTimeline
                        + " is not among the primary's predecessors: clone this member anew"));
    }

    private void archive(int timeline, Lsn from) throws IOException, Trouble {
        ControlData control = ControlData.read(tools, settings, settings.data());
        long firstSegment = from.value() / control.walSegmentBytes();
        var segments = new ArrayList<Path>();
        try (var files = Files.newDirectoryStream(settings.data().resolve("pg_wal"), "%08X*".formatted(timeline))) {
            for (Path file : files) {
                if (isFrom(file.getFileName().toString(), firstSegment, control.walSegmentBytes())) {
                    segments.add(file);
                }
            }
        }
        segments.sort(Comparator.naturalOrder());
        String name = "timeline-%d-from-%s".formatted(timeline, from.toString().replace('/', '-'));
        int kept = new WalArchive(settings.archivedWal(), WalArchive.SIZE_MAX_BYTES).keep(name, segments);
        if (kept < segments.size()) {
            LOG.warn(
                    "member {}: of {} segments of divergent WAL only the first {} are kept in {}, there is no more room",
                    settings.member(),
                    segments.size(),
                    kept,
                    settings.archivedWal());
        }
    }

    /** Whether a segment's name, timeline and two halves of its number in hexadecimal, is not before {@code first}. */
    static boolean isFrom(String name, long first, int segmentBytes) {
        if (!name.matches("[0-9A-F]{%d}".formatted(SEGMENT_NAME_LENGTH))) {
            return false;
        }
        long perHigh = 0x1_0000_0000L / segmentBytes;
        long high = Long.parseLong(name, FIRST_SEGMENT_DIGIT, 2 * FIRST_SEGMENT_DIGIT, 16);
        long low = Long.parseLong(name, 2 * FIRST_SEGMENT_DIGIT, SEGMENT_NAME_LENGTH, 16);
        return high * perHigh + low >= first;
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
            throw Trouble.refused("pg_rewind to member " + upstream.member() + " failed: " + output.lastLines(2));
        }
        configuration.write(ServerRole.standby(upstream));
        starter.signalFile(true);
        DurableFiles.delete(settings.incomplete());
    }
}
