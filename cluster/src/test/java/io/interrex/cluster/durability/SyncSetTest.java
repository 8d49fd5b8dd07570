package io.interrex.cluster.durability;

import static io.interrex.cluster.group.Facts.names;
import static io.interrex.cluster.group.Facts.syncSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A commit rule")
class SyncSetTest {

    @ParameterizedTest(name = "{0}: {1} revoked => enough: {2} (quorum {3})")
    @CsvSource(delimiter = '|', textBlock = """
        ANY 1 (b)          |           | false | 1
        ANY 1 (b)          | b         | true  | 1
        ANY 1 (b)          | c         | false | 1
        ANY 1 (b, c)       | b         | false | 2
        ANY 1 (b, c)       | b c       | true  | 2
        ANY 1 (b, c)       | b d e     | false | 2
        ANY 2 (b, c)       | c         | true  | 1
        ANY 2 (b, c, d)    | b         | false | 2
        ANY 2 (b, c, d)    | b d       | true  | 2
        ANY 1 (b, c, d, e) | b c d     | false | 4
        ANY 1 (b, c, d, e) | b c d e   | true  | 4
        ANY 3 (b, c, d, e) | b c       | true  | 2
        none               | b c d e   | false | 1
        """)
    void revocation(String rule, String revoked, boolean enough, int quorum) {
        SyncSet set = syncSet(rule);
        assertEquals(enough, set.isRevokedBy(names(revoked)));
        assertEquals(quorum, set.revocationQuorum());
        assertEquals(rule, set.toString());
    }

    @ParameterizedTest(name = "{0} without {1} => {2}")
    @CsvSource(delimiter = '|', textBlock = """
        ANY 1 (b, c) | b | ANY 1 (c)
        ANY 2 (b, c) | b | ANY 1 (c)
        ANY 1 (b)    | b | none
        ANY 1 (b, c) | x | ANY 1 (b, c)
        """)
    void without(String rule, String member, String rest) {
        assertEquals(syncSet(rest), syncSet(rule).without(member));
    }

    @ParameterizedTest(name = "k = {0} of two standbys is refused")
    @CsvSource({"-1", "3"})
    void impossible(int k) {
        var refusal = assertThrows(IllegalArgumentException.class, () -> SyncSet.of(k, names("b c")));
        assertEquals(
                "k must be between 0 and the number of standbys, but k = " + k + " with S = [b, c]",
                refusal.getMessage());
    }
}
