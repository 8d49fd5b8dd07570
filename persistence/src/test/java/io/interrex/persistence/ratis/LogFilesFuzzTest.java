package io.interrex.persistence.ratis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.fuzz.Bounded;
import io.interrex.cluster.fuzz.Input;
import io.interrex.cluster.fuzz.Mutation;
import io.interrex.persistence.codec.EnvelopeBytes;
import io.interrex.persistence.codec.Envelopes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

@Label("The files of the log, damaged")
class LogFilesFuzzTest {

    private static final Bounded READS = new Bounded(IOException.class, 200, 1 << 19);
    private static final int HEADER_BYTES = 8;

    private static Path directory = Path.of("");

    @BeforeContainer
    static void makeDirectory() throws IOException {
        directory = Files.createTempDirectory("interrex-fuzz-");
    }

    @AfterContainer
    static void removeDirectory() throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Property(seed = "21")
    @Label("a damaged snapshot is refused, or holds whole events")
    void snapshots(@ForAll("snapshotBytes") Input input) throws IOException {
        Path file = Files.write(directory.resolve("snapshot"), input.bytes());
        try (var store = new StreamStore()) {
            READS.read(input.size(), () -> {
                        store.load(file);
                        return store;
                    })
                    .ifPresent(loaded -> loaded.names()
                            .forEach(name -> loaded.read(name, 1, Integer.MAX_VALUE)
                                    .events()
                                    .forEach(EnvelopeBytes::decode)));
        }
    }

    @Property(seed = "22")
    @Label("an event at any offset of a damaged snapshot is refused, or as its checksum says")
    void snapshotEvents(@ForAll("snapshotBytes") Input input, @ForAll short offset) throws IOException {
        Path file = Files.write(directory.resolve("snapshot"), input.bytes());
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            READS.read(input.size(), () -> SnapshotFile.read(channel, Math.abs((long) offset)));
        }
    }

    @Property(seed = "23")
    @Label("of a damaged open segment all whole entries are kept, and a second look finds nothing to cut")
    void tails(@ForAll("segmentBytes") Input input) throws IOException {
        Path segment = Files.write(directory.resolve("log_inprogress_0"), input.bytes());
        long cut = READS.read(input.size(), () -> TornTail.cut(directory)).orElseThrow();
        byte[] left = Files.readAllBytes(segment);
        assertEquals(input.size() - cut, left.length);
        assertArrayEquals(Arrays.copyOf(input.bytes(), left.length), left);
        assertTrue(left.length >= wholeEntries(input.bytes()), "a whole entry was cut off");
        assertEquals(0, TornTail.cut(directory));
        Files.delete(segment);
    }

    /** The dumb twin: where the entries end that have a length of one byte and the right checksum. */
    private static int wholeEntries(byte[] bytes) {
        int end = Math.min(bytes.length, HEADER_BYTES);
        while (end + 1 < bytes.length && bytes[end] > 0) {
            int body = 1 + bytes[end];
            if (end + body + Integer.BYTES > bytes.length
                    || crc(Arrays.copyOfRange(bytes, end, end + body))
                            != ByteBuffer.wrap(bytes).getInt(end + body)) {
                return end;
            }
            end += body + Integer.BYTES;
        }
        return end;
    }

    @Provide
    Arbitrary<Input> snapshotBytes() throws IOException {
        Path file = directory.resolve("sound");
        var events = Envelopes.samples().stream().map(EnvelopeBytes::encode).toList();
        SnapshotFile.write(file, null, 0, events.subList(0, 1), new ArrayList<>());
        byte[] one = Files.readAllBytes(file);
        SnapshotFile.write(file, null, 0, events, new ArrayList<>());
        byte[] three = Files.readAllBytes(file);
        SnapshotFile.write(file, null, 0, List.of(new byte[] {1, 2, 3}), new ArrayList<>());
        return Mutation.of(List.of(one, three, Files.readAllBytes(file)));
    }

    @Provide
    Arbitrary<Input> segmentBytes() {
        var out = ByteBuffer.allocate(400);
        out.put("RaftLog1".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        for (int length : new int[] {3, 40, 100}) {
            byte[] entry = new byte[length + 1];
            Arrays.fill(entry, (byte) length);
            out.put(entry).putInt(crc(entry));
        }
        byte[] padded = out.array();
        return Mutation.of(List.of(Arrays.copyOf(padded, out.position()), padded));
    }

    private static int crc(byte[] bytes) {
        var crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
