package io.interrex.gate;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.interrex.cluster.fuzz.Bounded;
import io.interrex.cluster.fuzz.Input;
import io.interrex.cluster.fuzz.Mutation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

@Label("Listings of the kernel's gate")
class GateFuzzTest {

    private static final Bounded READS = new Bounded(NeverThrown.class, 200, 1 << 18);

    private static final class NeverThrown extends Exception {
        private static final long serialVersionUID = 1L;
    }

    @Property(seed = "91")
    @Label("any listing is a position of the gate with a time that is not negative")
    void listings(@ForAll("texts") Input input) {
        var state = READS.read(
                        input.size(), () -> GateListing.parse(input.text()).state())
                .orElseThrow();
        assertFalse(state.toString().contains("PT-"), state.toString());
    }

    @Provide
    Arbitrary<Input> texts() {
        var listing = "table inet interrex {\n" + set(Slot.values()[0].chosenSet(), "5432")
                + set(Slot.values()[0].timerSet(), "5432 timeout 1m expires 1m2s30ms")
                + set(GateTable.READ_SET, "5432 expires 99999999999999999999d99999999999d")
                + "\tchain input {\n\t}\n}\n";
        var endless = Arbitraries.integers().between(1, 60_000).map(n -> new Input(bytes("set a {".repeat(n))));
        return Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(50, Mutation.of(List.of(bytes(listing)))), net.jqwik.api.Tuple.of(1, endless));
    }

    private static String set(String name, String element) {
        return "\tset " + name + " {\n\t\ttype inet_service\n\t\telements = { " + element + " }\n\t}\n";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
