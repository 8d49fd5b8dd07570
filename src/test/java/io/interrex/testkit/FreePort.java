package io.interrex.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds ports for servers that start later, and again. They lie below the range from which Linux takes the ports of outgoing
 * connections (32768 on, ip_local_port_range): one of those may be anybody's by then, even that of a client that waits for
 * the very server, which TCP connects to itself.
 */
public final class FreePort {

    private static final int FIRST = 15_000;
    private static final int BEHIND = 32_000;
    private static final int TRIES = 100;

    private FreePort() {}

    public static int find() throws IOException {
        return find("127.0.0.1");
    }

    /** @param address of this host */
    public static int find(String address) throws IOException {
        IOException last = new IOException("no port was tried");
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, BEHIND);
            try (var probe = new ServerSocket(port, 1, InetAddress.getByName(address))) {
                return probe.getLocalPort();
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }
}
