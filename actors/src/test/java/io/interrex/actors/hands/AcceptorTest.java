package io.interrex.actors.hands;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.actors.Endpoint;
import io.interrex.cluster.format.Format;
import io.interrex.cluster.hands.HandsMessage.Hello;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Given node a, which knows b, whose right greeting was just read. */
@DisplayName("A connection of a peer")
final class AcceptorTest {

    private final ActorTestKit kit = ActorTestKit.create("hands", TestNode.CONFIG);
    private final Hub hub = new Hub(TestNode.settings("a", Map.of("b", 1)), incoming -> {});
    private final List<String> connected = new ArrayList<>();
    private final List<String> ended = new ArrayList<>();
    private final Acceptor acceptor = new Acceptor(kit.system(), hub, connected::add);
    private final Acceptor.Ear ear = acceptor.new Ear("127.0.0.1:7");

    private void opened() {
        ear.opened(new Hello(Format.CURRENT, "test", "b", 1), ended::add);
    }

    @AfterEach
    void end() {
        kit.shutdownTestKit();
    }

    @Test
    @DisplayName("is ended when the peer is forgotten")
    void forgotten() {
        opened();
        assertEquals(List.of("b"), connected);
        hub.use(Map.of());
        acceptor.forget("b");
        assertEquals(List.of("node b is none of this node's configuration any more"), ended);
    }

    @Test
    @DisplayName("is ended, too, where the peer was forgotten after its greeting was read and before it counted")
    void forgottenMeanwhile() {
        hub.use(Map.of());
        acceptor.forget("b");
        opened();
        assertEquals(List.of("node b is none of this node's configuration any more"), ended);
        assertEquals(List.of(), connected);
    }

    @Test
    @DisplayName("is not ended when another is forgotten")
    void other() {
        hub.use(Map.of("b", new Endpoint("127.0.0.1", 1)));
        opened();
        acceptor.forget("c");
        assertEquals(List.of(), ended);
    }
}
