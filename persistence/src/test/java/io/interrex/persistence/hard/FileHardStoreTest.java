package io.interrex.persistence.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.interrex.cluster.lease.VoterHard;
import io.interrex.cluster.member.CrashHistory;
import io.interrex.cluster.member.MemberHard;
import io.interrex.cluster.port.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileHardStoreTest {

    private static final String MEMBER = "{\"maxEpoch\":7,\"released\":6,\"incarnation\":5,\"role\":\"PRIMARY\","
            + "\"roleEpoch\":7,\"openedStartMs\":3}";

    @TempDir
    Path directory = Path.of("");

    @Test
    @DisplayName("a promise is read back; before the first there is none")
    void found() throws IOException {
        var store = new FileHardStore(directory);
        assertEquals(Outcome.done(MemberHard.NEW), store.loadMember("main"));
        assertEquals(Outcome.done(VoterHard.NEW), store.loadVoter());
        write("member-main", MEMBER);
        assertEquals(Outcome.done(new MemberHard(7, 6, 5, MemberHard.Role.PRIMARY, 7, 3)), store.loadMember("main"));
    }

    @ParameterizedTest(name = "{0} instead of a member''s promise is refused, whatever its checksum")
    @ValueSource(strings = {"", "null", "{}", "[]", "{\"maxEpoch\":7}"})
    void hole(String body) throws IOException {
        refused(body);
    }

    @ParameterizedTest(name = "{0} in a member''s promise is refused, whatever the checksum")
    @ValueSource(strings = {"\"maxEpoch\":7.5", "\"maxEpoch\":\"7\"", "\"maxEpoch\":null", "\"epoch\":7"})
    void wrong(String field) throws IOException {
        refused(MEMBER.replace("\"maxEpoch\":7", field));
        refused(MEMBER.replace("\"PRIMARY\"", "null"));
        refused(MEMBER + "{}");
    }

    @Test
    @DisplayName("deaths of a server are read back, beside its promise; a damaged file is no empty one")
    void crashes() throws IOException {
        var store = new FileHardStore(directory);
        assertEquals(Outcome.done(CrashHistory.NONE), store.loadCrashes("main"));
        var two = new CrashHistory(
                90,
                List.of(new CrashHistory.Crash(7, false, "signal 9"), new CrashHistory.Crash(80, true, "no commit")));
        store.saveCrashes("main", two);
        assertEquals(Outcome.done(two), new FileHardStore(directory).loadCrashes("main"));
        assertEquals(Outcome.done(MemberHard.NEW), store.loadMember("main"));
        write("crashes-main", "{}");
        assertInstanceOf(Outcome.Refused.class, store.loadCrashes("main"));
    }

    private void refused(String body) throws IOException {
        write("member-main", body);
        assertInstanceOf(Outcome.Refused.class, new FileHardStore(directory).loadMember("main"), body);
    }

    private void write(String name, String body) throws IOException {
        var crc = new CRC32C();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        Files.writeString(directory.resolve(name), "crc32c %08x\n".formatted(crc.getValue()) + body);
    }
}
