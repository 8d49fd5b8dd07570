package io.interrex.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class ProcessAgeTest {

    @Test
    @DisplayName("a process whose name has blanks and brackets, started 1234.50 s after boot, at 1236.07 s")
    void reads() {
        String stat = "77 (a (b) c) S 1 77 77 0 -1 4194304 1 0 0 0 3 4 0 0 20 0 30 0 123450 900 5 18446744073709551615";
        assertEquals(1570, ProcessAge.ms("1236.07 99.00\n", stat));
    }

    @Test
    @DisplayName("this process is some time old, and grows older")
    void own() {
        long first = ProcessAge.ms();
        assertTrue(first > 0, first + " ms");
        assertTrue(ProcessAge.ms() >= first);
    }
}
