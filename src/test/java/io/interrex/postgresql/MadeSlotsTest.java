package io.interrex.postgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.settings.PermanentSlot.Kind;
import io.interrex.postgresql.MadeSlots.Made;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Which slots of a server Interrex made")
final class MadeSlotsTest {

    private static final Made CDC = new Made(Kind.LOGICAL, 3, new Lsn(77));

    @TempDir
    private Path directory = Path.of("");

    private MadeSlots opened() {
        return new MadeSlots(directory.resolve("conf/slots"));
    }

    @Test
    @DisplayName("is known to the next node, also when none is left")
    void remembered() throws Exception {
        MadeSlots first = opened();
        assertEquals(Map.of(), first.all());
        first.put("cdc", CDC);
        first.put("keep", new Made(Kind.PHYSICAL, 1, Lsn.ZERO));
        assertEquals(first.all(), opened().all());
        assertEquals(CDC, opened().all().get("cdc"));
        first.forget(List.of("cdc", "keep"));
        assertEquals(Map.of(), opened().all());
    }

    @Test
    @DisplayName("is refused where the file cannot be read, with what to do")
    void unreadable() throws Exception {
        for (String text : List.of("cdc", "cdc LOGICAL x 0/1", "cdc OTHER 1 0/1")) {
            Files.createDirectories(directory.resolve("conf"));
            Files.writeString(directory.resolve("conf/slots"), text + "\n");
            Trouble trouble = assertThrows(Trouble.class, () -> opened().all());
            assertTrue(trouble.text().contains("remove it"), trouble.text());
        }
    }
}
