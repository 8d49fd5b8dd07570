package io.interrex.cluster.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * AckedWritesSurvive (I6) and PromotedIsMaximal (I8) of one decision: primary a is at 3, each of b, c and d at 1, 2 or 3.
 * The twin computes what may have been acknowledged from the positions themselves: the furthest that k of S hold. Every
 * commit rule over b, c and d, every set of members that answer, and every end of a.
 */
@DisplayName("No authorized promotion loses what may have been acknowledged:")
class PromotionExhaustiveTest {

    private static final String[] STANDBYS = {"b", "c", "d"};
    private static final int ALL = 0b111;
    private static final int PRIMARY_AT = 3;
    private static final List<String> ENDS_OF_A = List.of("", " a:dead:3", " a:stopped:3");

    private record Rule(int standbys, int k) {

        String words() {
            return k == 0 ? "none" : k + " " + String.join(" ", names(standbys));
        }

        /** The furthest position that at least k of S hold; with k = 0 the primary's own. */
        int acknowledged(int[] at) {
            for (int position = PRIMARY_AT; position > 0; position--) {
                int holding = 0;
                for (int i = 0; i < STANDBYS.length; i++) {
                    holding += (standbys & 1 << i) != 0 && at[i] >= position ? 1 : 0;
                }
                if (holding >= k) {
                    return position;
                }
            }
            return 0;
        }
    }

    private final Map<String, GroupCommand> proposals = new HashMap<>();
    private int authorized;
    private int refused;

    @Test
    @DisplayName("under one commit rule, with members tagged nofailover")
    void oneRule() {
        for (int tagged = 0; tagged <= ALL; tagged++) {
            for (Rule rule : rules()) {
                decideAll(started(rule, rule, tagged), List.of(rule));
            }
        }
        assertEquals(8 * 13 * 27 * 8 * 3, authorized + refused);
        assertTrue(authorized > 10_000 && refused > 10_000, authorized + " authorized, " + refused + " refused");
    }

    @Test
    @DisplayName("while a change of the commit rule binds together with the old one")
    void twoRules() {
        for (Rule now : rules()) {
            for (Rule next : rules()) {
                decideAll(started(now, next, 0), List.of(now, next));
            }
        }
        assertTrue(authorized > 10_000 && refused > 10_000, authorized + " authorized, " + refused + " refused");
    }

    private void decideAll(GroupState started, List<Rule> rules) {
        for (int code = 0; code < 27; code++) {
            int[] at = {1 + code % 3, 1 + code / 3 % 3, 1 + code / 9};
            int acknowledged =
                    rules.stream().mapToInt(rule -> rule.acknowledged(at)).max().orElseThrow();
            for (int answered = 0; answered <= ALL; answered++) {
                for (String end : ENDS_OF_A) {
                    String facts = facts(at, answered) + end;
                    GroupCommand proposal = proposals.computeIfAbsent(facts, PromotionExhaustiveTest::proposal);
                    check(facts, GroupDecider.decide(started, proposal), at, answered, acknowledged);
                }
            }
        }
    }

    private static GroupCommand proposal(String facts) {
        return new GroupCommand.AuthorizePromotion(Groups.STAMP, 2, Facts.evidence(facts, 2), Facts.uuid(2), Lsn.ZERO);
    }

    private void check(String facts, Decision decision, int[] at, int answered, int acknowledged) {
        if (!decision.accepted()) {
            refused++;
            return;
        }
        authorized++;
        var promotion = (GroupEvent.PromotionAuthorized) decision.events().getFirst();
        int held = positionOf(promotion.candidate(), at);
        assertTrue(
                held >= acknowledged, () -> "with" + facts + " " + acknowledged + " may be acknowledged: " + promotion);
        assertEquals(held, promotion.floorLsn().value());
        if (!promotion.candidate().equals("a")) {
            for (int i = 0; i < STANDBYS.length; i++) {
                boolean further = (answered & 1 << i) != 0 && at[i] > held;
                assertTrue(!further, () -> "with" + facts + " somebody is further: " + promotion);
            }
        }
        assertTrue(!promotion.syncSet().standbys().contains(promotion.candidate()));
    }

    private static int positionOf(String member, int[] at) {
        return member.equals("a") ? PRIMARY_AT : at[member.charAt(0) - 'b'];
    }

    private static String facts(int[] at, int answered) {
        var words = new StringBuilder();
        for (int i = 0; i < STANDBYS.length; i++) {
            if ((answered & 1 << i) != 0) {
                words.append(' ').append(STANDBYS[i]).append(':').append(at[i]);
            }
        }
        return words.toString();
    }

    private static GroupState started(Rule now, Rule next, int tagged) {
        var members = new ArrayList<MemberInfo>();
        members.add(Groups.member("a"));
        for (int i = 0; i < STANDBYS.length; i++) {
            members.add((tagged & 1 << i) != 0 ? Groups.nofailover(STANDBYS[i]) : Groups.member(STANDBYS[i]));
        }
        GroupState steady = Groups.steady(Groups.SETTINGS, members, now.words());
        GroupState started = Groups.started(next.equals(now) ? steady : Groups.intending(steady, next.words()));
        assertNotNull(started.failover());
        return started;
    }

    /** Every k of every subset of b, c and d; no standby and k = 0 are one rule. */
    private static List<Rule> rules() {
        var rules = new ArrayList<Rule>();
        rules.add(new Rule(0, 0));
        for (int standbys = 1; standbys <= ALL; standbys++) {
            for (int k = 1; k <= Integer.bitCount(standbys); k++) {
                rules.add(new Rule(standbys, k));
            }
        }
        return rules;
    }

    private static List<String> names(int bits) {
        var names = new ArrayList<String>();
        for (int i = 0; i < STANDBYS.length; i++) {
            if ((bits & 1 << i) != 0) {
                names.add(STANDBYS[i]);
            }
        }
        return names;
    }
}
