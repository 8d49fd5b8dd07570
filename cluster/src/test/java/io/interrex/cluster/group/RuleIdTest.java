package io.interrex.cluster.group;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Of the rules")
final class RuleIdTest {

    @Test
    @DisplayName("codes are unique and ascend, sentences end with a full stop")
    void codes() {
        int before = 0;
        for (RuleId rule : RuleId.values()) {
            assertTrue(rule.code() > before, rule.label());
            assertTrue(rule.sentence().endsWith("."), rule.label());
            before = rule.code();
        }
    }
}
