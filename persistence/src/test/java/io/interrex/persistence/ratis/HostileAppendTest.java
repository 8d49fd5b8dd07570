package io.interrex.persistence.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.interrex.cluster.port.Envelope;
import io.interrex.persistence.Samples;
import io.interrex.persistence.codec.CodecException;
import io.interrex.persistence.codec.EnvelopeBytes;
import io.interrex.persistence.ratis.Wire.Reply;
import io.interrex.persistence.ratis.Wire.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fuzzing found in the log's requests and files, each with the least input that shows it. */
class HostileAppendTest {

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest(
            name = "an append to version {0} is answered; it would have ended every replica, again at each start")
    @ValueSource(longs = {-2, Long.MAX_VALUE, Long.MIN_VALUE, Integer.MAX_VALUE})
    void impossibleVersion(long expected) {
        var store = new StreamStore();
        byte[] event = EnvelopeBytes.encode(atVersion(expected + 1));
        assertInstanceOf(Reply.Invalid.class, store.apply(new Request.Append("group/main", expected, List.of(event))));
        assertEquals(0, store.lastVersion("group/main"));
    }

    @Test
    @DisplayName("bytes after a message, and text that is not UTF-8, are refused")
    void inexact() {
        var read = Wire.encode(new Request.Read("ab", 1, 2, 3));
        byte[] longer = ByteBuffer.allocate(read.size() + 1)
                .put(read.asReadOnlyByteBuffer())
                .array();
        assertThrows(CodecException.class, () -> Wire.request(bytes(longer)));
        assertThrows(CodecException.class, () -> Wire.reply(bytes(new byte[] {11, 0, 0, 0, 0, 0, 0, 0, 3, 0})));
        byte[] wrong = read.toByteArray();
        wrong[5] = (byte) 0xc3;
        assertThrows(CodecException.class, () -> Wire.request(bytes(wrong)));
    }

    @Test
    @DisplayName("a record of a snapshot whose length was damaged later is an error of that file")
    void length() throws IOException {
        Path file = directory.resolve("snapshot");
        SnapshotFile.write(file, null, 0, List.of(new byte[] {1}), new ArrayList<>());
        try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (int length : new int[] {-1, Integer.MAX_VALUE}) {
                channel.write(ByteBuffer.allocate(4).putInt(length).flip(), 12);
                assertThrows(IOException.class, () -> SnapshotFile.read(channel, 12));
            }
        }
    }

    @Test
    @DisplayName("a snapshot with a record that is no event, whatever its checksum, is a damaged file")
    void noEvent() throws IOException {
        Path file = directory.resolve("snapshot");
        SnapshotFile.write(file, null, 0, List.of(new byte[] {1, 2, 3}), new ArrayList<>());
        try (var store = new StreamStore()) {
            assertThrows(IOException.class, () -> store.load(file));
        }
    }

    private static org.apache.ratis.thirdparty.com.google.protobuf.ByteString bytes(byte[] bytes) {
        return org.apache.ratis.thirdparty.com.google.protobuf.ByteString.copyFrom(bytes);
    }

    private static Envelope atVersion(long version) {
        var e = Samples.event(null, "group/main", new UUID(1, 2), "x");
        return EnvelopeBytes.seal(new Envelope(
                e.stream(),
                version,
                e.id(),
                e.epoch(),
                e.wallMs(),
                e.monoNs(),
                e.node(),
                e.name(),
                e.schema(),
                e.cause(),
                e.settings(),
                e.payload(),
                e.command(),
                e.previousHash(),
                ""));
    }
}
