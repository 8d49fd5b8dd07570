package io.interrex.actors.hands;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.interrex.actors.Endpoint;
import io.interrex.cluster.settings.Profile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.jspecify.annotations.Nullable;

/** One transport with its own actor system, and what it received. */
public final class TestNode implements AutoCloseable {

    public static final Config CONFIG =
            ConfigFactory.parseString("pekko.stdout-loglevel = WARNING").withFallback(ConfigFactory.load());
    static final HandsTimings FAST = HandsTimings.of(CONFIG, Profile.FAST);

    final ActorTestKit kit = ActorTestKit.create("hands", CONFIG);
    final TestProbe<Incoming> probe = kit.createTestProbe(Incoming.class);
    final HandsTransport transport;

    TestNode(HandsSettings settings) throws Exception {
        try {
            transport = HandsTransport.start(kit.system(), settings, probe.ref()::tell)
                    .toCompletableFuture()
                    .get(5, TimeUnit.SECONDS);
        } catch (Exception e) {
            kit.shutdownTestKit();
            throw e;
        }
    }

    /** Settings of {@code node} on loopback; {@code ports} of all, where its own is absent: any free one. */
    static HandsSettings settings(String node, Map<String, Integer> ports) {
        return settings(node, ports, null);
    }

    static HandsSettings settings(String node, Map<String, Integer> ports, @Nullable HandsTls tls) {
        int port = ports.getOrDefault(node, 0);
        Map<String, Endpoint> peers = new HashMap<>();
        ports.forEach((name, at) -> peers.put(name, new Endpoint("127.0.0.1", at)));
        peers.remove(node);
        return new HandsSettings(node, 1, "test", new Endpoint("127.0.0.1", port), peers, FAST, 64, tls, false);
    }

    /** Of node a in its 7th run, which knows node b of the cluster "trial" and speaks to nobody. */
    static HandsSettings trial() {
        return new HandsSettings(
                "a",
                7,
                "trial",
                new Endpoint("127.0.0.1", 1),
                Map.of("b", new Endpoint("127.0.0.2", 1)),
                FAST,
                64,
                null,
                false);
    }

    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    /** The next of {@code kind} that comes within {@code limit}; others are passed over. */
    <T extends Incoming> T expect(Class<T> kind, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        while (System.nanoTime() < end) {
            Incoming next = probe.receiveMessage(Duration.ofNanos(end - System.nanoTime()));
            if (kind.isInstance(next)) {
                return kind.cast(next);
            }
        }
        throw new AssertionError("no " + kind.getSimpleName() + " within " + limit);
    }

    void await(Duration limit, String what, BooleanSupplier condition) {
        probe.awaitAssert(limit, Duration.ofMillis(2), () -> {
            if (!condition.getAsBoolean()) {
                throw new AssertionError("not within " + limit + ": " + what);
            }
            return true;
        });
    }

    void awaitConnected(String... peers) {
        for (String peer : peers) {
            await(Duration.ofSeconds(5), "connected to " + peer, () -> transport.isConnected(peer));
        }
    }

    @Override
    public void close() {
        transport.close();
        kit.shutdownTestKit();
    }
}
