package io.interrex.persistence.ratis;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a second copy of what this voter voted (Ratis's file {@code raft-meta}: term and vote), because Ratis empties that
 * file when it has to write it on a full disk. A voter that forgot its vote could vote twice in one term, and two leaders
 * would be possible; so after such a loss it goes on with a term that is far above any that it can have voted in.
 */
final class RaftVote {

    private static final Logger LOG = LoggerFactory.getLogger(RaftVote.class);

    /** More terms than can begin between two calls of {@link #keep}. */
    private static final long TERMS_SKIPPED = 1000;

    private final Path raftDirectory;
    private final Path kept;
    private final String node;
    private String lastKept = "";

    RaftVote(Path storage, String node) {
        this.raftDirectory = storage.resolve("raft");
        this.kept = storage.resolve("vote");
        this.node = node;
    }

    /** Copies the vote where it changed; called every second. */
    void keep() throws IOException {
        var file = file();
        if (file.isEmpty()) {
            return;
        }
        String text = Files.readString(file.get());
        if (!text.equals(lastKept) && term(text) >= 0) {
            write(kept, text);
            lastKept = text;
        }
    }

    /** Before a start: puts a usable vote where the file was emptied. Throws {@link IOException} where there is no copy. */
    void repair() throws IOException {
        var file = file();
        if (file.isEmpty() || term(Files.readString(file.get())) >= 0) {
            return;
        }
        long term = Files.exists(kept) ? term(Files.readString(kept)) : -1;
        if (term < 0) {
            throw new IOException(
                    "the vote of voter '" + node + "' in " + file.get() + " is damaged and has no copy in " + kept
                            + ": this voter cannot go on. Move this node's directories of state and data away and start it: its"
                            + " member is cloned, and its voter stays out until 'interrex voter readmit' gives it its seat");
        }
        LOG.warn(
                "the vote of voter {} in {} was lost when its disk was full; it goes on with term {}",
                node,
                file.get(),
                term + TERMS_SKIPPED);
        write(file.get(), "term=" + (term + TERMS_SKIPPED) + "\nvotedFor=" + node + "\n");
    }

    private Optional<Path> file() throws IOException {
        if (!Files.isDirectory(raftDirectory)) {
            return Optional.empty();
        }
        try (var files = Files.walk(raftDirectory, 3)) {
            return files.filter(f -> f.endsWith("raft-meta")).findFirst();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** −1: the text holds none. */
    private static long term(String text) throws IOException {
        var properties = new Properties();
        properties.load(new StringReader(text));
        String term = properties.getProperty("term", "");
        return term.matches("\\d{1,18}") && properties.containsKey("votedFor") ? Long.parseLong(term) : -1;
    }

    private static void write(Path file, String text) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        try (var out = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(unfinished);
            throw e;
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
