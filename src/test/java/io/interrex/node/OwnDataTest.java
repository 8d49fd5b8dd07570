package io.interrex.node;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.charter.Adoption;
import io.interrex.config.ClusterConfig;
import io.interrex.config.ConfigProblems;
import io.interrex.config.NodeConfig;
import io.interrex.config.Samples;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A node a")
final class OwnDataTest {

    @TempDir
    private Path directory = Path.of("");

    @ParameterizedTest(name = "epoch {0}, database {1}, handed over {2} as {3}, the file says adopt = {4}: {5}")
    @CsvSource(
            nullValues = "-",
            value = {
                "0, -, -, -,       -, -",
                "0, -, -, -,       a, -",
                "0, 7, -, -,       -, holds a database that this node did not make",
                "0, 7, -, -,       a, holds a database that this node did not make",
                "0, 7, 8, primary, a, holds a database that this node did not make",
                "0, 7, 7, primary, a, -",
                "0, 7, 7, replica, b, -",
                "0, 7, 7, primary, b, handed over as the group's primary",
                "0, 7, 7, replica, a, handed over as a replica",
                "0, 7, 7, primary, -, groups.main.adopt is not set",
                "0, -, 7, primary, a, has no database yet",
                "0, -, 7, replica, b, -",
                "1, -, 7, primary, a, -",
                "1, 7, -, -,       -, -",
            })
    @DisplayName("begins only with a database of its own, or with one that was handed over as the file says")
    void begins(
            long epoch,
            @Nullable String database,
            @Nullable String handedOver,
            @Nullable String as,
            @Nullable String adopt,
            @Nullable String refusal)
            throws Exception {
        ClusterConfig cluster = Samples.sound(directory, adopt == null ? "" : "groups.main.adopt = " + adopt + "\n");
        NodeConfig node = NodeConfig.of(cluster, "a");
        if (database != null) {
            Path global = Files.createDirectories(directory.resolve("home/data/global"));
            byte[] control = ByteBuffer.allocate(16)
                    .order(ByteOrder.nativeOrder())
                    .putLong(Long.parseLong(database))
                    .array();
            Files.write(global.resolve("pg_control"), control);
        }
        Adoption adoption = handedOver == null
                ? Adoption.NONE
                : new Adoption("a", "primary".equals(as), handedOver, 1, new UUID(0, 1), "/old", "eve");
        var own = new OwnData(
                node,
                cluster.group("main"),
                new ClusterConfig.Member(
                        cluster.group("main").member("a").info(), directory.resolve("home"), false, null),
                adoption);
        if (refusal == null) {
            own.require(epoch);
        } else {
            String report =
                    assertThrows(ConfigProblems.class, () -> own.require(epoch)).report();
            assertTrue(report.contains(refusal), report);
        }
    }
}
