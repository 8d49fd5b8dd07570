package io.interrex.postgresql;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads which database a data directory belongs to, without a program: it is what pg_control begins with. */
public final class SystemId {

    private SystemId() {}

    /** @param data a data directory with a control file */
    public static String of(Path data) throws IOException {
        Path control = data.resolve("global").resolve("pg_control");
        try (var file = Files.newInputStream(control)) {
            byte[] begin = file.readNBytes(Long.BYTES);
            if (begin.length < Long.BYTES) {
                throw new IOException(control + " is too short to be a control file");
            }
            return Long.toUnsignedString(
                    ByteBuffer.wrap(begin).order(ByteOrder.nativeOrder()).getLong());
        }
    }
}
