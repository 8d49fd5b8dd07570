package io.interrex.persistence.hard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.interrex.cluster.charter.Adoption;
import io.interrex.cluster.charter.VoterCharter;
import io.interrex.cluster.charter.VoterRecovery;
import io.interrex.cluster.lease.VoterHard;
import io.interrex.cluster.member.CrashHistory;
import io.interrex.cluster.member.MemberHard;
import io.interrex.cluster.port.HardStore;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;

/**
 * Keeps promises in one small {@link WholeFile} each: a line with the CRC-32C of what follows, then JSON.
 */
public final class FileHardStore implements HardStore {

    /** What is missing or of another type was not written by us: a promise is never guessed. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                    DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Path directory;

    /** @param directory of this node's own state; made if absent */
    public FileHardStore(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
    }

    @Override
    public Outcome<MemberHard> loadMember(String group) {
        return load(member(group), new TypeReference<MemberHard>() {}, MemberHard.NEW);
    }

    @Override
    public Outcome<Nothing> saveMember(String group, MemberHard hard) {
        return save(member(group), hard);
    }

    @Override
    public Outcome<CrashHistory> loadCrashes(String group) {
        Outcome<CrashHistory> loaded = load(crashes(group), new TypeReference<CrashHistory>() {}, CrashHistory.NONE);
        return loaded instanceof Outcome.Done<CrashHistory>
                ? loaded
                : Outcome.refused(
                        crashes(group)
                                + " cannot be read; it holds nothing but how often the server died: delete it, or it is written anew with the next death");
    }

    @Override
    public Outcome<Nothing> saveCrashes(String group, CrashHistory history) {
        return save(crashes(group), history);
    }

    @Override
    public Outcome<VoterHard> loadVoter() {
        return load(voter(), new TypeReference<VoterHard>() {}, VoterHard.NEW);
    }

    @Override
    public Outcome<Nothing> saveVoter(VoterHard hard) {
        return save(voter(), hard);
    }

    /** {@link VoterCharter#NONE} where none was ever written. */
    public Outcome<VoterCharter> loadCharter() {
        return load(charter(), new TypeReference<VoterCharter>() {}, VoterCharter.NONE, FileHardStore::withSeats);
    }

    /** Done means: forced to disk. Refused or unknown: this node may not speak by it. */
    public Outcome<Nothing> saveCharter(VoterCharter charter) {
        return save(charter(), charter);
    }

    /** {@link VoterRecovery#NONE} where this node never was the survivor. */
    public Outcome<VoterRecovery> loadRecovery() {
        return load(recovery(), new TypeReference<VoterRecovery>() {}, VoterRecovery.NONE);
    }

    public Outcome<Nothing> saveRecovery(VoterRecovery recovery) {
        return save(recovery(), recovery);
    }

    /** {@link Adoption#NONE} where no database of that group was handed over on this host. */
    public Outcome<Adoption> loadAdoption(String group) {
        return load(adoption(group), new TypeReference<Adoption>() {}, Adoption.NONE);
    }

    public Outcome<Nothing> saveAdoption(String group, Adoption adoption) {
        return save(adoption(group), adoption);
    }

    private Path adoption(String group) {
        return directory.resolve("adoption-" + group);
    }

    private Path recovery() {
        return directory.resolve("recovery");
    }

    /** A voter's state was written: whoever has taken part always has one. */
    public boolean hasVoter() {
        return Files.exists(voter());
    }

    private Path charter() {
        return directory.resolve("charter");
    }

    private Path member(String group) {
        return directory.resolve("member-" + group);
    }

    private Path crashes(String group) {
        return directory.resolve("crashes-" + group);
    }

    private Path voter() {
        return directory.resolve("voter");
    }

    /** Charters that were written before seats could change have none of these two, and nothing else is missing in them. */
    private static JsonNode withSeats(JsonNode charter) {
        if (charter instanceof ObjectNode fields && !fields.has("change") && !fields.has("joining")) {
            fields.put("change", 0).put("joining", false);
        }
        return charter;
    }

    private static <T> Outcome<T> load(Path file, TypeReference<T> type, T absent) {
        return load(file, type, absent, UnaryOperator.identity());
    }

    private static <T> Outcome<T> load(Path file, TypeReference<T> type, T absent, UnaryOperator<JsonNode> upcast) {
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            return Outcome.done(absent);
        } catch (IOException e) {
            return Outcome.refused(
                    "%s cannot be read: %s; this host promised something there, so it must not start without it"
                            .formatted(file, e.getMessage()));
        }
        int end = text.indexOf('\n');
        String body = end < 0 ? "" : text.substring(end + 1);
        if (end < 0 || !checksum(body).equals(text.substring(0, end))) {
            return Outcome.refused(damaged(file, "its checksum does not match"));
        }
        try {
            JsonNode tree = JSON.readTree(body);
            T value = tree == null ? null : JSON.readValue(JSON.treeAsTokens(upcast.apply(tree)), type);
            return value == null ? Outcome.refused(damaged(file, "it holds nothing")) : Outcome.done(value);
        } catch (JsonProcessingException e) {
            return Outcome.refused(damaged(file, e.getOriginalMessage()));
        } catch (IOException e) {
            return Outcome.refused(damaged(file, String.valueOf(e.getMessage())));
        }
    }

    private static String damaged(Path file, String why) {
        return ("%s is damaged: %s. It holds what this host promised; do not delete it while another member may be primary:"
                        + " remove this node's state and data directories together, and let it be cloned anew")
                .formatted(file, why);
    }

    private static Outcome<Nothing> save(Path file, Object value) {
        try {
            String body = JSON.writeValueAsString(value);
            WholeFile.write(file, (checksum(body) + "\n" + body).getBytes(StandardCharsets.UTF_8));
            return Outcome.done(Nothing.NOTHING);
        } catch (IOException e) {
            return Outcome.unknown("%s cannot be written: %s".formatted(file, e));
        }
    }

    private static String checksum(String body) {
        var crc = new CRC32C();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        return "crc32c %08x".formatted(crc.getValue());
    }
}
