package io.interrex.persistence.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.interrex.cluster.fuzz.AnyValue;
import io.interrex.cluster.fuzz.Bounded;
import io.interrex.cluster.fuzz.Holes;
import io.interrex.cluster.fuzz.Input;
import io.interrex.cluster.fuzz.Mutation;
import io.interrex.cluster.lease.VoterHard;
import io.interrex.cluster.member.MemberHard;
import io.interrex.cluster.port.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32C;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

@Label("Promises on disk, damaged")
class FileHardStoreFuzzTest {

    private static final Bounded READS = new Bounded(AssertionException.class, 400, 1 << 20);

    private static Path directory = Path.of("");

    /** Nothing may be thrown: a damaged promise is an outcome. */
    private static final class AssertionException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    @BeforeContainer
    static void makeDirectory() throws IOException {
        directory = Files.createTempDirectory("interrex-fuzz-");
    }

    @AfterContainer
    static void removeDirectory() throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Property(seed = "31", tries = 100)
    @Label("any promise comes back equal")
    void roundTrip(@ForAll("members") MemberHard member, @ForAll("voters") VoterHard voter) throws IOException {
        var store = new FileHardStore(directory);
        store.saveMember("g", member);
        store.saveVoter(voter);
        assertEquals(Outcome.done(member), store.loadMember("g"));
        assertEquals(Outcome.done(voter), store.loadVoter());
    }

    @Property(seed = "32")
    @Label("a changed file is refused, also with a checksum that fits, or is a promise without a hole")
    void changed(@ForAll("files") Input input, @ForAll boolean checksum) throws IOException {
        byte[] bytes = checksum ? withChecksum(input.text()) : input.bytes();
        Files.write(directory.resolve("member-h"), bytes);
        Files.write(directory.resolve("voter"), bytes);
        var store = new FileHardStore(directory);
        judge(READS.read(bytes.length, () -> store.loadMember("h")).orElseThrow());
        judge(READS.read(bytes.length, store::loadVoter).orElseThrow());
    }

    private static void judge(Outcome<?> outcome) {
        if (outcome instanceof Outcome.Done<?>(var value)) {
            Holes.assertNone(value);
        } else {
            assertInstanceOf(Outcome.Refused.class, outcome);
        }
    }

    private static byte[] withChecksum(String text) {
        String body = text.substring(text.indexOf('\n') + 1);
        var crc = new CRC32C();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        return ("crc32c %08x\n".formatted(crc.getValue()) + body).getBytes(StandardCharsets.UTF_8);
    }

    @Provide
    Arbitrary<MemberHard> members() {
        return AnyValue.of(MemberHard.class);
    }

    @Provide
    Arbitrary<VoterHard> voters() {
        return AnyValue.of(VoterHard.class);
    }

    @Provide
    Arbitrary<Input> files() throws IOException {
        var store = new FileHardStore(directory);
        store.saveMember("s", new MemberHard(7, 6, 5, MemberHard.Role.PRIMARY, 7, 3));
        store.saveVoter(new VoterHard(java.util.Map.of("main", 7L), 1400));
        return Mutation.of(List.of(
                Files.readAllBytes(directory.resolve("member-s")), Files.readAllBytes(directory.resolve("voter"))));
    }
}
