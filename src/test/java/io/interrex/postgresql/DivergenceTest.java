package io.interrex.postgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.postgresql.Divergence.Past;
import io.interrex.postgresql.Divergence.Piece;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What a member has for itself alone begins")
final class DivergenceTest {

    private static final Reign FIRST = reign(1, 1, 0);
    private static final Reign SECOND = reign(2, 2, 100);
    private static final Reign OTHER_SECOND = reign(3, 2, 100);
    private static final TimelineHistory NONE = new TimelineHistory(List.of());
    private static final TimelineHistory LEFT_AT_100 = history(new TimelineHistory.Switch(1, new Lsn(100)));

    @Test
    @DisplayName("nowhere, where it ends before the primary, or before the next reign")
    void nowhere() {
        assertEquals(Optional.empty(), from(past(1, 90, FIRST), NONE, past(1, 200, FIRST)));
        assertEquals(Optional.empty(), from(past(1, 100, FIRST), NONE, past(2, 200, FIRST, SECOND)));
        assertEquals(Optional.empty(), from(past(2, 200, FIRST, SECOND), LEFT_AT_100, past(2, 200, FIRST, SECOND)));
    }

    @Test
    @DisplayName("where the next reign had left it")
    void wentOn() {
        assertEquals(at(100), from(past(1, 150, FIRST), NONE, past(2, 200, FIRST, SECOND)));
    }

    @Test
    @DisplayName("where the primary ends, on the same timeline")
    void ahead() {
        assertEquals(at(120), from(past(1, 150, FIRST), NONE, past(1, 120, FIRST)));
    }

    @Test
    @DisplayName("with the reign that only it has, though the primary's has the same timeline number and switch")
    void collision() {
        assertEquals(at(100), from(past(2, 150, FIRST, SECOND), LEFT_AT_100, past(2, 400, FIRST, OTHER_SECOND)));
    }

    @Test
    @DisplayName("where it was promoted without a marker, also if the primary went on in the old timeline")
    void unmarked() {
        assertEquals(at(100), from(past(2, 150, FIRST), LEFT_AT_100, past(1, 400, FIRST)));
        assertEquals(at(80), from(past(2, 150, FIRST), LEFT_AT_100, past(2, 400, FIRST, reign(4, 2, 80))));
    }

    @Test
    @DisplayName("at the very beginning, where no reign is shared or its markers cannot be read")
    void unknown() {
        assertEquals(at(0), from(past(1, 150), NONE, past(1, 400, FIRST)));
        assertEquals(at(0), from(past(2, 150, SECOND), LEFT_AT_100, past(1, 400, FIRST)));
    }

    @Test
    @DisplayName("and goes on over its own switches, timeline by timeline")
    void pieces() {
        var ours = past(3, 500, FIRST, SECOND);
        var history = history(new TimelineHistory.Switch(1, new Lsn(100)), new TimelineHistory.Switch(2, new Lsn(300)));
        assertEquals(
                List.of(
                        new Piece(1, new Lsn(80), new Lsn(100)),
                        new Piece(2, new Lsn(100), new Lsn(300)),
                        new Piece(3, new Lsn(300), new Lsn(500))),
                Divergence.pieces(new Lsn(80), ours, history));
        assertEquals(List.of(new Piece(3, new Lsn(300), new Lsn(500))), Divergence.pieces(new Lsn(300), ours, history));
    }

    @Test
    @DisplayName("and takes the segments that hold a byte of it, no others")
    void segments() {
        int bytes = 16 << 20;
        var piece = new Piece(1, new Lsn(2L * bytes + 5), new Lsn(4L * bytes));
        assertFalse(DivergentWal.isWithin("000000010000000000000001", piece, bytes));
        assertTrue(DivergentWal.isWithin("000000010000000000000002", piece, bytes));
        assertTrue(DivergentWal.isWithin("000000010000000000000003", piece, bytes));
        assertFalse(DivergentWal.isWithin("000000010000000000000004", piece, bytes), "it ends with the third");
        assertFalse(DivergentWal.isWithin("00000001.history", piece, bytes));
        var open = new Piece(1, Lsn.ZERO, DivergentWal.END_UNKNOWN);
        assertTrue(DivergentWal.isWithin("00000001000000FF000000FF", open, bytes), "to the end, wherever that is");
    }

    private static Optional<Lsn> from(Past ours, TimelineHistory history, Past theirs) {
        return Divergence.from(ours, history, theirs);
    }

    private static Optional<Lsn> at(long lsn) {
        return Optional.of(new Lsn(lsn));
    }

    private static Past past(int timeline, long end, Reign... reigns) {
        return new Past(timeline, List.of(reigns), new Lsn(end));
    }

    private static Reign reign(long epoch, int timeline, long switchLsn) {
        return new Reign(epoch, new UUID(epoch, timeline), timeline, new Lsn(switchLsn));
    }

    private static TimelineHistory history(TimelineHistory.Switch... switches) {
        return new TimelineHistory(List.of(switches));
    }
}
