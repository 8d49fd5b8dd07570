package io.interrex.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Given hosts b and c with the addresses 10.0.0.2 and 10.0.0.3 at the start. */
@DisplayName("Whom a gate lets pass")
@Timeout(30)
final class GatePeersTest {

    private final Map<String, String> names = new ConcurrentHashMap<>(Map.of("b", "10.0.0.2", "c", "10.0.0.3"));
    private final BlockingQueue<String> passing = new LinkedBlockingQueue<>();
    private final AtomicReference<Outcome<Nothing>> answer = new AtomicReference<>(Outcome.done(Nothing.NOTHING));
    private final CountDownLatch slow = new CountDownLatch(1);
    private final GatePeers peers;

    GatePeersTest() throws UnknownHostException {
        peers = new GatePeers(this::resolved, this::pass, Duration.ofMillis(50));
        peers.first(List.of("b", "c"));
    }

    private InetAddress resolved(String host) throws UnknownHostException {
        if (host.equals("slow")) {
            try {
                slow.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return InetAddress.ofLiteral("10.0.0.9");
        }
        String address = names.get(host);
        if (address == null) {
            throw new UnknownHostException(host);
        }
        return InetAddress.ofLiteral(address);
    }

    private CompletionStage<Outcome<Nothing>> pass(Collection<InetAddress> addresses) {
        var all = new TreeSet<String>();
        addresses.forEach(address -> all.add(address.getHostAddress()));
        passing.add(String.join(" ", all));
        return CompletableFuture.completedFuture(answer.get());
    }

    private @Nullable String next() throws InterruptedException {
        return passing.poll(10, TimeUnit.SECONDS);
    }

    private void await(String wanted) throws InterruptedException {
        String seen = next();
        while (seen != null && !seen.equals(wanted)) {
            seen = next();
        }
        assertEquals(wanted, seen);
    }

    @Test
    @DisplayName("is, where a name does not resolve, its last address; and its new one once it resolves again")
    void unresolved() throws Exception {
        names.remove("c");
        names.put("d", "10.0.0.4");
        peers.use(List.of("c", "d"));
        assertEquals("10.0.0.3 10.0.0.4", next(), "b is named no more, and is out");
        names.put("c", "10.0.0.33");
        await("10.0.0.33 10.0.0.4");
    }

    @Test
    @DisplayName("is nobody for a name that never had an address, until it has one")
    void never() throws Exception {
        peers.use(List.of("b", "e"));
        assertEquals("10.0.0.2", next());
        names.put("e", "10.0.0.5");
        await("10.0.0.2 10.0.0.5");
        assertEquals(null, passing.poll(200, TimeUnit.MILLISECONDS), "what is true is not told again");
    }

    @Test
    @DisplayName("is told to the gate again where that did not take it")
    void notTaken() throws Exception {
        answer.set(Outcome.unknown("no answer"));
        peers.use(List.of("b"));
        assertEquals("10.0.0.2", next());
        assertEquals("10.0.0.2", next());
        answer.set(Outcome.done(Nothing.NOTHING));
    }

    @Test
    @DisplayName("is the last that was said, also where names of an earlier time resolve later")
    void late() throws Exception {
        peers.use(List.of("b", "slow"));
        peers.use(List.of("c"));
        assertEquals("10.0.0.3", next());
        slow.countDown();
        assertEquals(null, passing.poll(200, TimeUnit.MILLISECONDS));
    }

    @Test
    @DisplayName("is known at the start, or the node does not start")
    void start() {
        assertThrows(UnknownHostException.class, () -> peers.first(List.of("b", "e")));
    }
}
