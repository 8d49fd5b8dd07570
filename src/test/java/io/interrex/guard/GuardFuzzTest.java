package io.interrex.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.fuzz.AnyValue;
import io.interrex.cluster.fuzz.Bounded;
import io.interrex.cluster.fuzz.Input;
import io.interrex.cluster.fuzz.Mutation;
import io.interrex.cluster.port.Guard;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

@Label("Lines of the guard, or of who sits on its socket")
class GuardFuzzTest {

    private static final Bounded READS = new Bounded(IOException.class, 200, 1 << 18);

    @Property(seed = "71")
    @Label("any text is one word, and comes back")
    void words(@ForAll("texts") String text) {
        if (!text.isEmpty() && text.indexOf('\0') < 0) {
            String word = Words.encode(text);
            assertTrue(word.matches("[!-~]+"), word);
            assertEquals(text, URLDecoder.decode(word.replace("+", "%2B"), StandardCharsets.UTF_8));
        }
    }

    @Property(seed = "72")
    @Label("any line is an event whose times are not negative where the guard's were not, or no line of the guard")
    void lines(@ForAll("lines") Input input, @ForAll boolean awaited) {
        String[] parts = input.text().split(" ", 2);
        String rest = parts.length > 1 ? parts[1] : "";
        var fields = Words.fields(rest);
        READS.read(input.size(), () -> GuardEvents.told(parts[0], fields, awaited, awaited))
                .flatMap(event -> event)
                .ifPresent(event -> {
                    if (event instanceof Guard.Event.Expired(var death)) {
                        assertEquals(
                                Long.parseLong(fields.getOrDefault("us", "")) < 0,
                                death.took().isNegative());
                    }
                });
        READS.read(input.size(), () -> GuardEvents.missed(7, fields));
        assertFalse(fields.containsKey(""));
    }

    @Provide
    Arbitrary<String> texts() {
        return AnyValue.text();
    }

    @Provide
    Arbitrary<Input> lines() {
        return Mutation.of(List.of(
                bytes("DEAD cause=expired killed=3 us=1200"),
                bytes("DEAD cause=exited last_pid=12 last_status=256 killed=0 us=9223372036854775807"),
                bytes("STUCK pid=12 state=D"),
                bytes("STUN slept_ms=1500 off_ns=12"),
                bytes("HELLO pid=8 state=running last_death=expired last_status=9 mono_ns=1 version=1 guard=5")));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
