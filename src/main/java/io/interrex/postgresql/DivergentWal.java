package io.interrex.postgresql;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.port.Database;
import io.interrex.cluster.port.Database.Upstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps aside what only this member has, before a rewind or a clone overwrites it: the segments since the divergence, the
 * histories of their timelines, and {@value #DESCRIPTION}, which says what they are and how to read them (decision 14).
 */
final class DivergentWal {

    static final String DESCRIPTION = "kept.json";

    /** The end of WAL that could not be replayed. */
    static final Lsn END_UNKNOWN = new Lsn(-1L);

    private static final Logger LOG = LoggerFactory.getLogger(DivergentWal.class);
    private static final String HISTORY = "[0-9A-F]{8}\\.history";
    private static final int FIRST_SEGMENT_DIGIT = 8;
    private static final int SEGMENT_NAME_LENGTH = 24;

    private final PostgresSettings settings;
    private final Tools tools;
    private final WalArchive archive;
    private final Consumer<Database.Kept> told;

    /** @param told what was kept; also where the rewind or the clone then fails */
    DivergentWal(PostgresSettings settings, Tools tools, Consumer<Database.Kept> told) {
        this.settings = settings;
        this.tools = tools;
        this.told = told;
        this.archive = new WalArchive(settings.archivedWal(), settings.keptWal());
    }

    /**
     * What is kept, and what stands in its description.
     *
     * @param before rewind or clone
     * @param unread why the member's own markers could not be read, empty where they were
     * @param reserveBytes of the file system that the next step needs
     */
    record Reason(String before, Upstream upstream, String unread, long reserveBytes) {}

    /** The data of a stopped server. */
    void keep(OwnPast.Own ours, Divergence.Past theirs, Reason reason) throws Trouble {
        try {
            TimelineHistory history = history(ours.past().timeline());
            Optional<Lsn> from = Divergence.from(ours.past(), history, theirs);
            if (from.isPresent()) {
                keep(ours, from.get(), history, theirs, reason);
            }
        } catch (IOException e) {
            throw Trouble.of(
                    "keeping the divergent WAL of member " + settings.member() + " in " + settings.archivedWal(), e);
        }
    }

    private void keep(OwnPast.Own ours, Lsn from, TimelineHistory history, Divergence.Past theirs, Reason reason)
            throws IOException, Trouble {
        int segmentBytes = ControlData.read(tools, settings, settings.data()).walSegmentBytes();
        List<Divergence.Piece> wanted = Divergence.pieces(from, ours.past(), history);
        List<Path> segments = segments(wanted, segmentBytes);
        List<Divergence.Piece> pieces = present(wanted, segments, segmentBytes);
        String name = nameOf(ours, from);
        if (segments.isEmpty() || isKept(name, segments)) {
            return;
        }
        var kept = archive.keep(name, segments, reason.reserveBytes(), (directory, count) -> {
            for (Path file : histories()) {
                WalArchive.copy(file, directory.resolve(file.getFileName()));
            }
            DurableFiles.write(
                    directory.resolve(DESCRIPTION),
                    description(name, ours, theirs, reason, pieces, segments, count),
                    DurableFiles.SECRET);
        });
        told.accept(new Database.Kept(
                reason.before(),
                kept.directory().toString(),
                kept.segments(),
                segments.size() - kept.segments(),
                kept.removed()));
        kept.removed()
                .forEach(old -> LOG.warn(
                        "member {}: the divergent WAL {} was removed from {}, to stay within the limit",
                        settings.member(),
                        old,
                        settings.archivedWal()));
        if (kept.segments() < segments.size()) {
            incomplete(segments.size(), kept, reason);
        } else {
            LOG.warn(
                    "member {}: before a {}, {} segments of WAL that only it had were kept in {}",
                    settings.member(),
                    reason.before(),
                    kept.segments(),
                    kept.directory());
        }
    }

    private void incomplete(int wanted, WalArchive.Kept kept, Reason reason) throws Trouble {
        String what =
                "of %d segments of divergent WAL of member %s only the first %d are kept in %s, there is no more room"
                        .formatted(wanted, settings.member(), kept.segments(), kept.directory());
        if (settings.keptWal().required()) {
            throw Trouble.refused(
                    what + ": no " + reason.before() + " before all of it is kept. Make room, or move older ones away");
        }
        LOG.warn(what);
    }

    private String nameOf(OwnPast.Own ours, Lsn from) {
        String reign = ours.past().reigns().isEmpty()
                ? "unknown"
                : ours.past().reigns().getLast().uuid().toString().substring(0, FIRST_SEGMENT_DIGIT);
        return "timeline-%d-from-%s-reign-%s"
                .formatted(ours.past().timeline(), from.toString().replace('/', '-'), reign);
    }

    /** An attempt before this one kept all of it, and was interrupted later. */
    private boolean isKept(String name, List<Path> segments) throws IOException {
        Optional<Path> directory = archive.find(name);
        if (directory.isEmpty()) {
            return false;
        }
        for (Path segment : segments) {
            Path copy = directory.get().resolve(segment.getFileName());
            if (!Files.exists(copy) || Files.mismatch(copy, segment) >= 0) {
                return false;
            }
        }
        return true;
    }

    private TimelineHistory history(int timeline) throws IOException, Trouble {
        String text = DurableFiles.readIfThere(wal().resolve("%08X.history".formatted(timeline)));
        return TimelineHistory.parse(text == null ? "" : text);
    }

    private List<Path> histories() throws IOException {
        try (var files = Files.list(wal())) {
            return files.filter(file -> file.getFileName().toString().matches(HISTORY))
                    .sorted()
                    .toList();
        }
    }

    private List<Path> segments(List<Divergence.Piece> pieces, int segmentBytes) throws IOException {
        var found = new ArrayList<Path>();
        for (Divergence.Piece piece : pieces) {
            try (var files = Files.newDirectoryStream(wal(), "%08X*".formatted(piece.timeline()))) {
                for (Path file : files) {
                    if (isWithin(file.getFileName().toString(), piece, segmentBytes)) {
                        found.add(file);
                    }
                }
            }
        }
        found.sort(Comparator.naturalOrder());
        return found;
    }

    /** pg_waldump begins in a segment that is there. */
    private static List<Divergence.Piece> present(
            List<Divergence.Piece> wanted, List<Path> segments, int segmentBytes) {
        var present = new ArrayList<Divergence.Piece>();
        for (Divergence.Piece piece : wanted) {
            segments.stream()
                    .map(segment -> segment.getFileName().toString())
                    .filter(name -> name.startsWith("%08X".formatted(piece.timeline())))
                    .findFirst()
                    .map(name -> piece.from().max(new Lsn(numberOf(name, segmentBytes) * segmentBytes)))
                    .ifPresent(begin -> present.add(new Divergence.Piece(piece.timeline(), begin, piece.to())));
        }
        return List.copyOf(present);
    }

    /** Whether a segment's name, timeline and two halves of its number in hexadecimal, is of that stretch. */
    static boolean isWithin(String name, Divergence.Piece piece, int segmentBytes) {
        if (!name.matches("[0-9A-F]{%d}".formatted(SEGMENT_NAME_LENGTH))) {
            return false;
        }
        long number = numberOf(name, segmentBytes);
        return number >= Long.divideUnsigned(piece.from().value(), segmentBytes)
                && number <= Long.divideUnsigned(piece.to().value() - 1, segmentBytes);
    }

    private static long numberOf(String name, int segmentBytes) {
        long perHigh = 0x1_0000_0000L / segmentBytes;
        long high = Long.parseLong(name, FIRST_SEGMENT_DIGIT, 2 * FIRST_SEGMENT_DIGIT, 16);
        long low = Long.parseLong(name, 2 * FIRST_SEGMENT_DIGIT, SEGMENT_NAME_LENGTH, 16);
        return high * perHigh + low;
    }

    private String description(
            String name,
            OwnPast.Own ours,
            Divergence.Past theirs,
            Reason reason,
            List<Divergence.Piece> pieces,
            List<Path> segments,
            int count)
            throws IOException {
        var stretches = new ArrayList<Map<String, Object>>();
        for (Divergence.Piece piece : pieces) {
            boolean open = piece.to().equals(END_UNKNOWN);
            var stretch = new LinkedHashMap<String, Object>();
            stretch.put("timeline", piece.timeline());
            stretch.put("from", piece.from().toString());
            stretch.put("to", open ? "unknown" : piece.to().toString());
            stretch.put(
                    "read",
                    "%s --path=%s --timeline=%d --start=%s%s"
                            .formatted(
                                    settings.tool("pg_waldump"),
                                    settings.archivedWal().resolve(name),
                                    piece.timeline(),
                                    piece.from(),
                                    open ? "" : " --end=" + piece.to()));
            stretches.add(stretch);
        }
        var text = new LinkedHashMap<String, Object>();
        text.put("format", 1);
        text.put("group", settings.group());
        text.put("member", settings.member());
        text.put("systemIdentifier", ours.systemId());
        text.put("keptAt", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        text.put("before", reason.before());
        text.put("primary", reason.upstream().member());
        text.put("primaryTimeline", theirs.timeline());
        text.put("lastReign", ours.past().reigns().isEmpty() ? "unknown" : lastReign(ours));
        text.put(
                "why",
                reason.unread().isEmpty()
                        ? "commits in it are on no member of the group any more"
                        : "its markers could not be read, so all that it had is here: " + reason.unread());
        text.put("complete", count == segments.size());
        text.put("segments", count);
        text.put("missing", segments.size() - count);
        text.put("wal", stretches);
        return JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(text) + "\n";
    }

    private static String lastReign(OwnPast.Own ours) {
        var last = ours.past().reigns().getLast();
        return String.format(Locale.ROOT, "epoch %d, %s", last.epoch(), last.uuid());
    }

    private Path wal() {
        return settings.data().resolve("pg_wal");
    }
}
