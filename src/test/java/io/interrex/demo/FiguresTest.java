package io.interrex.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Figures of a bench")
class FiguresTest {

    @Test
    @DisplayName("odd number of runs: the middle one is the median")
    void odd() {
        assertEquals("1.0 | 2.0 | 9.0", Figures.of(List.of(9.0, 1.0, 2.0)).cells("%.1f"));
    }

    @Test
    @DisplayName("even number of runs: the median lies between the two in the middle")
    void even() {
        assertEquals(new Figures(4, 1, 2.5, 9), Figures.of(List.of(3.0, 9.0, 1.0, 2.0)));
    }

    @Test
    @DisplayName("no run: no figure")
    void none() {
        assertEquals("- | - | -", Figures.of(List.of()).cells("%.1f"));
    }
}
