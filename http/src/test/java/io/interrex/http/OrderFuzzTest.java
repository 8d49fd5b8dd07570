package io.interrex.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.interrex.cluster.fuzz.Bounded;
import io.interrex.cluster.fuzz.Holes;
import io.interrex.cluster.fuzz.Input;
import io.interrex.cluster.fuzz.Mutation;
import io.interrex.cluster.port.Order;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

@Label("Bodies of orders")
class OrderFuzzTest {

    private static final Bounded READS = new Bounded(OrderRequest.Wrong.class, 400, 1 << 20);
    private static final UUID MADE = new UUID(1, 2);

    private final Json json = new Json(HttpLimits.defaults());

    @Property(seed = "111")
    @Label("any body is an order that can be kept in the log, or is wrong with a remedy")
    void bodies(@ForAll("words") String word, @ForAll("bodies") Input input) {
        String text = input.text();
        READS.read(text.length(), () -> read(word, text)).ifPresent(order -> {
            Holes.assertNone(order);
            assertFalse(order.toString().codePoints().anyMatch(OrderFuzzTest::cannotBeKept), order.toString());
            assertEquals("main", order.group());
        });
    }

    private Order read(String word, String text) throws OrderRequest.Wrong {
        try {
            return OrderRequest.read(word, "main", text, "127.0.0.1", () -> MADE, json);
        } catch (OrderRequest.Wrong e) {
            assertFalse(e.problem().remedy().isBlank());
            json.write(json.problem(e.problem()));
            throw e;
        }
    }

    private static boolean cannotBeKept(int c) {
        return Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE;
    }

    @Provide
    Arbitrary<String> words() {
        return Arbitraries.of("switchover", "failover", "force-promote", "reinit", "maintenance", "pause", "resume");
    }

    @Provide
    Arbitrary<Input> bodies() {
        return Mutation.of(
                List.of(
                        bytes("{}"),
                        bytes("{\"actor\":\"ann\",\"target\":\"b\"}"),
                        bytes("{\"actor\":\"ann\",\"confirm\":\"main\",\"target\":null}"),
                        bytes(
                                "{\"actor\":\"änn\",\"reason\":\"disk\",\"operation\":\"00000000-0000-0001-0000-000000000002\"}")),
                List.of(bytes("\"\\ud800\" \"\\ud83d\\ude00\" \"\\u0000\" \"confirm\" \"target\"")));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
