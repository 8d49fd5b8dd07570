package io.interrex.cluster.election;

import static io.interrex.cluster.group.Facts.reign;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.Evidence.Dead;
import io.interrex.cluster.group.Evidence.Revoked;
import io.interrex.cluster.group.Facts;
import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.group.Ranking;
import io.interrex.cluster.group.RuleId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The truth table is election.txt, which can be read by itself. */
@DisplayName("Election:")
class ElectionTest {

    private static final long EPOCH = 3;

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void ranking(Case c) {
        Ranking ranking = Election.rank(c.question());
        assertEquals(c.candidate(), ranking.candidate());
        assertEquals(
                c.expected(), ranking.entries().stream().map(ElectionTest::line).toList());
        for (Ranking.Entry entry : ranking.entries()) {
            String reason = c.reasons.getOrDefault(entry.member(), "");
            assertTrue(entry.why().startsWith(reason) && !entry.why().isEmpty(), entry.toString());
        }
    }

    private static String line(Ranking.Entry entry) {
        RuleId rule = entry.excludedBy();
        return entry.member() + " " + (rule == null ? "promoted" : rule.name());
    }

    static Stream<Case> cases() throws IOException {
        var cases = new ArrayList<Case>();
        try (var file = ElectionTest.class.getResourceAsStream("election.txt")) {
            if (file == null) {
                throw new IllegalStateException("election.txt is not on the class path");
            }
            for (String line : new String(file.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (line.startsWith("== ")) {
                    cases.add(new Case(line.substring(3)));
                } else if (!line.isBlank() && !line.startsWith("#")) {
                    cases.getLast().read(line.strip().split(" +", 3));
                }
            }
        }
        return cases.stream();
    }

    /** One case of the file, as it is being read. */
    private static final class Case {

        private final String title;
        private final Map<String, MemberInfo> members = new TreeMap<>();
        private final List<Evidence> evidence = new ArrayList<>();
        private final List<String> lines = new ArrayList<>();
        private final Map<String, String> reasons = new HashMap<>();
        private final Set<String> full = new TreeSet<>();
        private final Set<String> maintained = new TreeSet<>();
        private final Set<String> counted = new TreeSet<>();
        private List<Reign> chain = List.of(reign(1, 0), reign(2, 100));
        private String systemId = "7";
        private @Nullable String target;
        private @Nullable String only;

        Case(String title) {
            this.title = title;
            for (String name : List.of("a", "b", "c", "d")) {
                members.put(name, new MemberInfo(name, "host", 5432, "z1", 0, false, false, false));
            }
        }

        void read(String[] words) {
            switch (words[0]) {
                case "target" -> target = words[1];
                case "only" -> only = words[1];
                case "system" -> systemId = "";
                case "chain" -> chain = List.of();
                default -> {
                    if (words[1].equals("promoted") || words[1].contains("_")) {
                        ranked(words);
                    } else {
                        differs(words);
                    }
                }
            }
        }

        private void ranked(String[] words) {
            String member = words[0].split(":")[0];
            lines.add(member + " " + words[1]);
            if (words[0].contains(":")) {
                evidence.addAll(Facts.evidence(words[0], EPOCH));
            }
            if (words.length > 2) {
                reasons.put(member, words[2]);
            }
        }

        private void differs(String[] words) {
            int priority = 0;
            String zone = "z1";
            boolean nofailover = false;
            for (int i = 1; i < words.length; i++) {
                String[] pair = words[i].split("=");
                switch (pair[0]) {
                    case "priority" -> priority = Integer.parseInt(pair[1]);
                    case "zone" -> zone = pair[1];
                    case "nofailover" -> nofailover = true;
                    case "full" -> full.add(words[0]);
                    case "maintenance" -> maintained.add(words[0]);
                    case "counted" -> counted.add(words[0]);
                    default -> throw new IllegalStateException(title + ": " + words[i]);
                }
            }
            members.put(words[0], new MemberInfo(words[0], "host", 5432, zone, priority, nofailover, false, false));
        }

        Election.Question question() {
            return new Election.Question(
                    members,
                    chain,
                    systemId,
                    "a",
                    target,
                    only,
                    target != null,
                    full,
                    maintained,
                    counted,
                    evidence.stream()
                            .filter(Revoked.class::isInstance)
                            .map(Revoked.class::cast)
                            .toList(),
                    evidence.stream()
                            .filter(Dead.class::isInstance)
                            .map(Dead.class::cast)
                            .toList());
        }

        @Nullable
        String candidate() {
            return lines.stream()
                    .filter(line -> line.endsWith(" promoted"))
                    .map(line -> line.split(" ")[0])
                    .findFirst()
                    .orElse(null);
        }

        List<String> expected() {
            return List.copyOf(lines);
        }

        @Override
        public String toString() {
            return title;
        }
    }
}
