package io.interrex.haproxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("The name of a host that a plan waits for")
@Timeout(30)
final class PatientNamesTest {

    private final CountDownLatch answered = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();
    private final PatientNames names = new PatientNames(this::slowly);

    private InetAddress slowly(String host) throws UnknownHostException {
        asked.incrementAndGet();
        try {
            answered.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return InetAddress.ofLiteral("10.0.0.1");
    }

    @Test
    @DisplayName("is not waited for long, is not asked for a second time meanwhile, and is there when it was answered")
    void slow() throws Exception {
        long startNs = System.nanoTime();
        assertThrows(UnknownHostException.class, () -> names.address("b"));
        assertThrows(UnknownHostException.class, () -> names.address("b"));
        assertTrue(System.nanoTime() - startNs < 10_000_000_000L);
        assertEquals(1, asked.get());
        answered.countDown();
        String address = "";
        while (address.isEmpty()) {
            try {
                address = names.address("b");
            } catch (UnknownHostException e) {
                assertEquals(1, asked.get());
            }
        }
        assertEquals("10.0.0.1", address);
    }

    @Test
    @DisplayName("that does not resolve is asked for again")
    void unknown() {
        var none = new PatientNames(host -> {
            asked.incrementAndGet();
            throw new UnknownHostException(host);
        });
        assertThrows(UnknownHostException.class, () -> none.address("b"));
        assertThrows(UnknownHostException.class, () -> none.address("b"));
        assertEquals(2, asked.get());
    }
}
