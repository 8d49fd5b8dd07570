package io.interrex.cluster.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A position in the WAL")
class LsnTest {

    @ParameterizedTest(name = "{0} is byte {1}")
    @CsvSource({
        "0/0,                                  0",
        "0/1,                                  1",
        "0/FFFFFFFF,                  4294967295",
        "1/0,                         4294967296",
        "16/B374D848,                97500059720",
        "7FFFFFFF/FFFFFFFF, 9223372036854775807",
        "FFFFFFFF/FFFFFFFF,                  -1",
    })
    void textAndNumber(String text, long value) {
        assertEquals(new Lsn(value), Lsn.parse(text));
        assertEquals(text, new Lsn(value).toString());
    }

    @ParameterizedTest(name = "''{0}'' is refused, and the message shows it and the form that is expected")
    @ValueSource(
            strings = {
                "",
                "/",
                "0/",
                "/0",
                "0",
                "0/1/2",
                "x/0",
                "0/x",
                "-1/0",
                "0/-1",
                "+-1/0",
                "1FFFFFFFF/0",
                "0/1FFFFFFFF",
                "0/0 ",
                " 0/0",
                "000000000/0000000000"
            })
    void refused(String text) {
        var refusal = assertThrows(IllegalArgumentException.class, () -> Lsn.parse(text));
        assertEquals("not a WAL position: '" + text + "' (expected a form like 16/B374D848)", refusal.getMessage());
    }

    @ParameterizedTest(name = "{0} is at least {1}: {2}; {3} bytes since it")
    @CsvSource({
        "0/0,        0/0,        true,  0",
        "0/2,        0/1,        true,  1",
        "0/1,        0/2,        false, 0",
        "1/0,        0/FFFFFFFF, true,  1",
        "2/0,        1/FFFFFFF0, true,  16",
        "80000000/0, 7FFFFFFF/0, true,  4294967296",
        "7FFFFFFF/0, 80000000/0, false, 0",
    })
    void order(String one, String other, boolean atLeast, long bytes) {
        Lsn a = Lsn.parse(one);
        Lsn b = Lsn.parse(other);
        assertEquals(atLeast, a.isAtLeast(b));
        assertEquals(bytes, a.bytesSince(b));
        assertEquals(atLeast ? a : b, a.max(b));
        assertEquals(atLeast ? a : b, b.max(a));
    }

    @Test
    @DisplayName("of nothing is before every other")
    void zero() {
        assertTrue(new Lsn(1).isAtLeast(Lsn.ZERO));
        assertTrue(new Lsn(-1).isAtLeast(Lsn.ZERO));
    }
}
