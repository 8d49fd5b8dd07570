package io.interrex.persistence.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What fuzzing found in envelopes, each with the least input that shows it. */
class HostileEnvelopeTest {

    private final EventCodec codec = new EventCodec();

    @Test
    @DisplayName("an exported line whose previous hash is no hash is an envelope that is not intact")
    void noHash() {
        var first = Envelopes.samples().getFirst();
        String line = codec.toLine(first);
        for (String wrong : new String[] {" " + first.previousHash().substring(1), "0"}) {
            var read = codec.fromLine(line.replace(first.previousHash(), wrong));
            assertFalse(EnvelopeBytes.isIntact(read));
            assertThrows(CodecException.class, () -> EnvelopeBytes.encode(read));
        }
    }

    @Test
    @DisplayName("an exported line without a stream is refused")
    void noStream() {
        String line = codec.toLine(Envelopes.samples().getFirst());
        assertThrows(CodecException.class, () -> codec.fromLine(line.replace("\"group/main\"", "null")));
    }

    @Test
    @DisplayName(
            "one history has one form: a mark of a command that is neither yes nor no is refused, whatever the hash")
    void neither() {
        byte[] bytes = EnvelopeBytes.encode(Envelopes.samples().getFirst());
        int mark = bytes.length - 2 * 32 - Integer.BYTES - 1;
        assertArrayEquals(bytes, Envelopes.sealed(bytes));
        bytes[mark] = 2;
        assertThrows(CodecException.class, () -> EnvelopeBytes.decode(Envelopes.sealed(bytes)));
    }
}
