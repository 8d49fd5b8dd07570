package io.interrex.cluster.detection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProbeCounterTest {

    @ParameterizedTest(name = "{0} => healthy {1}")
    @CsvSource({
        "'',        true",
        "x,         true",
        "xx,        true",
        "xxx,       false",
        "xxo,       true",
        "xxoxx,     true",
        "xxxxxxx,   false",
        "xxxo,      true",
        "xxxoxx,    true",
        "xxxoxxx,   false",
    })
    @DisplayName("three failed probes (x) in a row, not fewer, make a member unhealthy; one good one (o) heals")
    void probes(String history, boolean healthy) {
        ProbeCounter counter = ProbeCounter.START;
        for (char probe : history.toCharArray()) {
            counter = counter.after(probe == 'o');
        }
        assertEquals(healthy, counter.healthy());
    }
}
