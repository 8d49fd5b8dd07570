package io.interrex.actors;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Where a half of a node listens.
 *
 * @param host name or address
 * @param port 0: any free one
 */
public record Endpoint(String host, int port) {

    public Endpoint {
        if (host.isBlank() || port < 0 || port > 65535) {
            throw new IllegalArgumentException("not an address to listen at: '" + host + ":" + port + "'");
        }
    }

    /** Throws {@link IllegalArgumentException} unless this is a loopback address; {@code what} is what would be open. */
    public void refuseUnlessLoopback(String what) {
        if (!isLoopback()) {
            throw new IllegalArgumentException(
                    what + " without TLS stays on loopback, but " + this
                            + " is not: configure TLS, or set security.insecure = true on a network that nobody else can reach");
        }
    }

    private boolean isLoopback() {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
