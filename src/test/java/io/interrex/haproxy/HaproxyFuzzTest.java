package io.interrex.haproxy;

import io.interrex.cluster.fuzz.Bounded;
import io.interrex.cluster.fuzz.Input;
import io.interrex.cluster.fuzz.Mutation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

@Label("Answers on HAProxy's socket")
class HaproxyFuzzTest {

    private static final Bounded READS = new Bounded(IOException.class, 400, 1 << 18);

    @Property(seed = "81")
    @Label("any answer is a table of servers, or is refused in one short line")
    void states(@ForAll("answers") Input input) {
        READS.read(input.size(), () -> ServerState.parse(input.text()));
    }

    @Property(seed = "82")
    @Label("any answer is a table of sessions, or is refused in one short line")
    void sessions(@ForAll("answers") Input input) {
        READS.read(input.size(), () -> ServerState.parseSessions(input.text()));
    }

    @Provide
    Arbitrary<Input> answers() {
        var whole = Mutation.of(List.of(
                bytes("1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_port\n"
                        + "2 write 1 a 127.0.0.11 2 0 5432\n2 write 2 b - 0 1 5432\n\n"),
                bytes("# pxname,svname,qcur,qmax,scur,smax\nwrite,a,0,0,3,9\nwrite,b,0,0,0,0\n")));
        var blank = Arbitraries.integers().between(1, 1 << 19).map(n -> new Input(bytes("x" + " ".repeat(n) + "x")));
        return Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(50, whole),
                net.jqwik.api.Tuple.of(5, Mutation.noise()),
                net.jqwik.api.Tuple.of(1, blank));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
