package io.interrex.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SwitchRulesTest {

    @Test
    @DisplayName("the observer passes before any cut or loss is looked at")
    void observerFirst() {
        SwitchRules rules = new SwitchRules();
        rules.cut("a", "b");
        rules.loss("c", 20);
        String text = rules.render();
        assertTrue(text.indexOf("oifname \"p-lab\" accept") < text.indexOf("drop"), text);
        assertTrue(text.contains("iifname \"p-a\" oifname \"p-b\" drop"), text);
        assertFalse(text.contains("iifname \"p-b\" oifname \"p-a\""), text);
        assertTrue(text.contains("oifname \"p-c\" numgen random mod 100 < 20 drop"), text);
        rules.clear();
        assertFalse(rules.render().contains("drop"));
    }

    @Test
    @DisplayName("a port is cut in both directions between hosts, and nothing else is")
    void port() {
        SwitchRules rules = new SwitchRules();
        rules.cutPort(7402);
        String text = rules.render();
        assertTrue(text.contains("tcp dport 7402 drop") && text.contains("tcp sport 7402 drop"), text);
        rules.clear();
        assertFalse(rules.render().contains("drop"));
        assertThrows(IllegalArgumentException.class, () -> rules.cutPort(0));
    }

    @Test
    @DisplayName("host names that do not fit an interface, or mean the observer, are refused")
    void names() {
        assertThrows(IllegalArgumentException.class, () -> LabSpec.of("much-too-long-a-name"));
        assertThrows(IllegalArgumentException.class, () -> LabSpec.of("lab"));
        assertThrows(IllegalArgumentException.class, () -> LabSpec.of("a", "a"));
        assertThrows(IllegalArgumentException.class, () -> new LabSpec(List.of(), LabSpec.User.NOBODY, 0));
        assertEquals(2, LabSpec.of("a", "b").number("b"));
    }
}
