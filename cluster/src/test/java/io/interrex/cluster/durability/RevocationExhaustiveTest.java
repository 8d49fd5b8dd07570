package io.interrex.cluster.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.Facts;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * QuorumsIntersect (I7), for every configuration of up to five standbys and every set of standbys that answered: {@link
 * Revocation} against a twin that knows no arithmetic and looks for one set of k standbys that could have acknowledged a
 * commit unseen.
 */
@DisplayName("Revocation accepts exactly those sets of standbys that meet every set of k that may have acknowledged:")
class RevocationExhaustiveTest {

    private static final long EPOCH = 2;

    /** What is heard where the standbys of these bits answer. */
    private static final List<List<Evidence>> ANSWERS = IntStream.range(0, 1 << 5)
            .mapToObj(RevocationExhaustiveTest::answers)
            .toList();

    /** The standbys as the bits of a number. */
    private record Rule(int standbys, int k, LiveConfiguration live) {

        Rule(int standbys, int k) {
            this(standbys, k, new LiveConfiguration(1, "a", SyncSet.of(k, names(standbys)), Lsn.ZERO));
        }

        /** Some k standbys, none of which answered, may hold a commit that was acknowledged. */
        boolean mayHaveAcknowledgedWithout(int answered) {
            for (int acknowledging = 0; acknowledging <= standbys; acknowledging++) {
                boolean within = (acknowledging & standbys) == acknowledging;
                if (within && Integer.bitCount(acknowledging) == k && (acknowledging & answered) == 0) {
                    return true;
                }
            }
            return false;
        }
    }

    @Test
    @DisplayName("one configuration of up to five standbys")
    void one() {
        long compared = 0;
        for (Rule rule : rules(5)) {
            for (int answered = 0; answered < 1 << 5; answered++) {
                compare(List.of(rule), answered);
                compared++;
            }
        }
        assertEquals(112 * 32, compared);
    }

    @Test
    @DisplayName("two configurations that both bind, over four standbys, or the old one of all of five")
    void joint() {
        long compared = 0;
        for (Rule old : rules(4)) {
            for (Rule next : rules(4)) {
                for (int answered = 0; answered < 1 << 4; answered++) {
                    compare(List.of(old, next), answered);
                    compared++;
                }
            }
        }
        for (int k = 0; k <= 5; k++) {
            for (Rule next : rules(5)) {
                for (int answered = 0; answered < 1 << 5; answered++) {
                    compare(List.of(new Rule(0b11111, k), next), answered);
                    compared++;
                }
            }
        }
        assertEquals(48 * 48 * 16 + 6 * 112 * 32, compared);
    }

    @Test
    @DisplayName("three configurations that all bind, over three standbys")
    void three() {
        for (Rule one : rules(3)) {
            for (Rule two : rules(3)) {
                for (Rule three : rules(3)) {
                    for (int answered = 0; answered < 1 << 3; answered++) {
                        compare(List.of(one, two, three), answered);
                    }
                }
            }
        }
    }

    private static void compare(List<Rule> rules, int answered) {
        boolean safe = rules.stream().noneMatch(rule -> rule.mayHaveAcknowledgedWithout(answered));
        var live = rules.stream().map(Rule::live).toList();
        Revocation.Verdict verdict = Revocation.judge(live, List.of(), ANSWERS.get(answered), EPOCH);
        assertEquals(safe, verdict.covered(), () -> rules + " with " + names(answered) + ": " + verdict.why());
    }

    private static List<Evidence> answers(int bits) {
        var evidence = new ArrayList<Evidence>();
        names(bits).forEach(name -> evidence.addAll(Facts.evidence(name + ":90", EPOCH)));
        return evidence;
    }

    private static List<Rule> rules(int members) {
        var rules = new ArrayList<Rule>();
        for (int standbys = 0; standbys < 1 << members; standbys++) {
            for (int k = 0; k <= Integer.bitCount(standbys); k++) {
                rules.add(new Rule(standbys, k));
            }
        }
        return rules;
    }

    private static TreeSet<String> names(int bits) {
        var names = new TreeSet<String>();
        for (int i = 0; i < 5; i++) {
            if ((bits & 1 << i) != 0) {
                names.add(String.valueOf((char) ('b' + i)));
            }
        }
        return names;
    }
}
