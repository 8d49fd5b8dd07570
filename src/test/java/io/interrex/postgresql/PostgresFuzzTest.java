package io.interrex.postgresql;

import io.interrex.cluster.fuzz.Bounded;
import io.interrex.cluster.fuzz.Input;
import io.interrex.cluster.fuzz.Mutation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

@Label("What PostgreSQL's files and tools say")
class PostgresFuzzTest {

    private static final Bounded READS = new Bounded(Trouble.class, 400, 1 << 18);

    @Property(seed = "101")
    @Label("any output of pg_controldata is control data, or is refused")
    void controlData(@ForAll("controlData") Input input) {
        READS.read(input.size(), () -> ControlData.parse(input.text()))
                .ifPresent(data -> READS.read(0, () -> data.reached().toString() + data.reachedTimeline()));
    }

    @Property(seed = "102")
    @Label("any history of a timeline is one, or is unknown")
    void histories(@ForAll("histories") Input input) {
        READS.read(input.size(), () -> TimelineHistory.parse(input.text()))
                .ifPresent(history -> READS.read(0, () -> history.lastSwitch().toString() + history.leftAt(1)));
    }

    @Provide
    Arbitrary<Input> controlData() {
        return Mutation.of(List.of(bytes("""
                Database system identifier:           7300000000000000000
                Database cluster state:               shut down
                Latest checkpoint location:           0/3000028
                Latest checkpoint's TimeLineID:       1
                Minimum recovery ending location:     0/0
                Min recovery ending loc's timeline:   0
                WAL block size:                       8192
                Bytes per WAL segment:                16777216
                """)));
    }

    @Provide
    Arbitrary<Input> histories() {
        return Mutation.of(
                List.of(bytes("1\t0/3000000\tno recovery target specified\n\n2\t0/5000000\tbefore 2026\n# comment\n")));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
