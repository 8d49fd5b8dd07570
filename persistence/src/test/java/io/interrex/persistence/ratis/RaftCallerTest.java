package io.interrex.persistence.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.apache.ratis.protocol.RaftPeerId;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Who asks the voters")
final class RaftCallerTest {

    private static RatisSettings at(String address) {
        return RatisSettings.client("x", Map.of("a", "127.0.0.1:1", "b", address));
    }

    @Test
    @DisplayName("knows no leader any more when one of them went elsewhere, and the same where none did")
    void elsewhere() {
        RaftPeerId b = RaftPeerId.valueOf("b");
        try (var caller = new RaftCaller(at("127.0.0.1:2"), null)) {
            caller.answeredAsLeader(b);
            caller.use(at("127.0.0.1:2"));
            assertEquals(b, caller.lastLeader());
            caller.use(at("127.0.0.1:3"));
            assertEquals(null, caller.lastLeader());
        }
    }
}
