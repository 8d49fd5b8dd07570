package io.interrex.cluster.durability;

import static io.interrex.cluster.group.Facts.evidence;
import static io.interrex.cluster.group.Facts.names;
import static io.interrex.cluster.group.Facts.syncSet;
import static io.interrex.cluster.group.Facts.uuid;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.durability.Revocation.Floor;
import io.interrex.cluster.durability.Revocation.Verdict;
import io.interrex.cluster.group.Facts;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When epoch 4 asks whether enough has promised. Configurations as in "1 a: 1 b c" (epoch, primary, rule); facts as in {@link Facts}. */
@DisplayName("Revocation")
class RevocationTest {

    private static final long EPOCH = 4;

    @ParameterizedTest(name = "[{0}] with [{1}] => {2}, missing {3}")
    @CsvSource(delimiter = '|', textBlock = """
        1 a: 1 b c           | b:90 c:80                 | covered     |
        1 a: 1 b c           | b:90                      | not covered | c
        1 a: 1 b c           | b:90 c:none               | not covered | c
        1 a: 1 b c           | b:90 c:95^3               | not covered | c
        1 a: 1 b c           | b:90 c:95^5               | covered     |
        1 a: 2 b c           | c:80                      | covered     |
        1 a: 1 b c           |                           | not covered | b c
        1 a: 1 b c, 1 a: 1 b | b:90                      | not covered | c
        1 a: 1 b, 1 a: 1 b c | c:90                      | not covered | b
        1 a: 1 b, 1 a: 1 b c | b:90 c:90                 | covered     |
        1 a: none            | b:90 c:80                 | not covered | a
        """)
    @DisplayName("counts those of S that promised this epoch or a later one, in every configuration that binds")
    void counted(String live, String facts, String verdict, @Nullable String missing) {
        assertVerdict(verdict, missing, judge(live, List.of(), facts));
    }

    @ParameterizedTest(name = "[{0}] with [{1}] => {2}, missing {3}")
    @CsvSource(delimiter = '|', textBlock = """
        1 a: 1 b c           | a:dead:100                | only a      |
        1 a: none            | a:dead:100                | only a      |
        1 a: none            | a:dead:100^3              | not covered | a
        1 a: 1 b c           | b:90 c:90 a:dead:100      | covered     |
        1 a: 1 b c           | b:90 d:dead:100           | not covered | c
        1 a: 1 b, 3 b: 1 c   | a:dead:100 c:90           | only a      |
        1 a: 1 c, 3 b: 1 c   | a:dead:100 b:dead:100     | not covered | c
        1 a: none, 3 b: none | a:dead:100 b:90           | not covered | b
        3 b: 1 c             | b:90                      | only b      |
        """)
    @DisplayName("is covered by a primary that is dead or revoked itself if that one is the candidate, and by one only")
    void oldIsTheCandidate(String live, String facts, String verdict, @Nullable String missing) {
        assertVerdict(verdict, missing, judge(live, List.of(), facts));
    }

    @ParameterizedTest(name = "[{0}] with [{1}] => {2}, missing {3}")
    @CsvSource(delimiter = '|', textBlock = """
        1 a: 1 b c           | a:stopped:100 b:100/1     | covered     |
        1 a: 1 b c           | a:stopped:100 b:101/1     | covered     |
        1 a: 1 b c           | a:stopped:100 b:99/1      | only a      |
        1 a: 1 b c           | a:stopped:100             | only a      |
        1 a: 1 b c           | a:dead:100 b:100/1        | only a      |
        1 a: 1 b c           | a:stopped:100^3 b:100/1   | not covered | c
        1 a: none            | a:stopped:100 d:100/1     | covered     |
        3 a: 1 b c           | a:stopped:100 b:100/1     | only a      |
        3 a: 1 b c           | a:stopped:100 b:100/3     | covered     |
        1 a: 1 b c           | d:stopped:100 b:100/1     | not covered | c
        """)
    @DisplayName("is covered by a clean stop whose shutdown checkpoint is held, in the reign that it ended")
    void stoppedCleanly(String live, String facts, String verdict, @Nullable String missing) {
        assertVerdict(verdict, missing, judge(live, List.of(), facts));
    }

    /** The floor: epoch 2 was authorized on data of epoch 1 up to 80, and was never established. */
    @ParameterizedTest(name = "[{0}] after a promotion of epoch 2 with floor 80, with [{1}] => {2}, missing {3}")
    @CsvSource(delimiter = '|', textBlock = """
        1 a: 1 b c           | b:80/1                    | covered     |
        1 a: 1 b c           | b:79/1                    | not covered | c
        1 a: 1 b c           | b:70/2                    | covered     |
        1 a: 1 b c           | b:90/2x                   | not covered | c
        1 a: 1 b c           | b:80/1^3                  | not covered | b c
        2 b: 1 c d           | c:90/2                    | not covered | d
        3 b: 1 c d           | c:90/2                    | not covered | d
        1 a: none            | d:80/1                    | covered     |
        1 a: 1 b c, 2 b: 1 c | c:80/1                    | covered     |
        1 a: 1 b c, 2 b: 1 c | b:80/1                    | only b      |
        1 a: 1 b c, 2 b: 1 c | d:80/1                    | not covered | c
        """)
    @DisplayName("is covered by a later promotion whose floor a revoked member holds, for older configurations only")
    void laterFloor(String live, String facts, String verdict, @Nullable String missing) {
        assertVerdict(verdict, missing, judge(live, List.of(new Floor(2, uuid(2), uuid(1), new Lsn(80))), facts));
    }

    private static Verdict judge(String live, List<Floor> floors, @Nullable String facts) {
        var configurations = new ArrayList<LiveConfiguration>();
        for (String one : live.split(", ")) {
            String[] parts = one.split("[ :]+", 3);
            configurations.add(new LiveConfiguration(Long.parseLong(parts[0]), parts[1], syncSet(parts[2]), Lsn.ZERO));
        }
        return Revocation.judge(configurations, floors, evidence(facts, EPOCH), EPOCH);
    }

    private static void assertVerdict(String expected, @Nullable String missing, Verdict verdict) {
        String said = !verdict.covered()
                ? "not covered"
                : verdict.onlyPrimary() == null ? "covered" : "only " + verdict.onlyPrimary();
        assertEquals(expected, said, verdict.why());
        assertEquals(names(missing), new TreeSet<>(verdict.missing()), verdict.why());
    }
}
