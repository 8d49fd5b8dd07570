package io.interrex.cluster.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FormatTest {

    private sealed interface Said {}

    private record Old(
            String text,
            List<Colour> colours,
            @Since(90) @Nullable String more,
            @Since(90) int count,
            @Since(value = 90, informative = true) long shown)
            implements Said {}

    @Since(90)
    private record New(String text) implements Said {}

    private record Around(Map<String, Optional<Said>> inner) implements Said {}

    private enum Colour {
        RED,
        @Since(90)
        PUCE
    }

    @Test
    @DisplayName("a record is not understood where a newer component of it says something")
    void components() {
        assertNull(Format.tooNew(new Old("x", List.of(Colour.RED), null, 0, 0), 89));
        assertEquals("Old.more is of format 90", Format.tooNew(new Old("x", List.of(), "y", 0, 0), 89));
        assertEquals("Old.count is of format 90", Format.tooNew(new Old("x", List.of(), null, 1, 0), 89));
        assertNull(Format.tooNew(new Old("x", List.of(Colour.PUCE), "y", 1, 0), 90));
        assertNull(Format.tooNew(new Old("x", List.of(), null, 0, 7), 89), "it is only shown");
    }

    @Test
    @DisplayName("a newer type or constant is found however deep it lies")
    void deep() {
        assertEquals("PUCE is of format 90", Format.tooNew(new Old("x", List.of(Colour.PUCE), null, 0, 0), 89));
        var around = new Around(Map.of("a", Optional.of(new Around(Map.of("b", Optional.of(new New("z")))))));
        assertEquals("New is of format 90", Format.tooNew(around, 89));
        assertNull(Format.tooNew(around, 90));
        assertNull(Format.tooNew(new Around(Map.of("a", Optional.empty())), 89));
    }

    @Test
    @DisplayName("absent is what says nothing")
    void absent() {
        for (Object nothing : List.of(false, 0, 0L, 0.0, "", List.of(), Set.of(), Map.of(), Optional.empty())) {
            assertTrue(Format.isAbsent(nothing), nothing.toString());
        }
        assertTrue(Format.isAbsent(null));
        for (Object something :
                List.of(true, 1, -1L, 0.5, "x", List.of(1), Optional.of(1), Colour.RED, new UUID(0, 0))) {
            assertFalse(Format.isAbsent(something), something.toString());
        }
    }
}
