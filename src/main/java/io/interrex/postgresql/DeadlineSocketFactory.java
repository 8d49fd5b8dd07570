package io.interrex.postgresql;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;

/**
 * Sockets whose connect and first reads are limited in milliseconds: the driver's own limits count in whole seconds. The
 * driver makes one by name and hands it the limit as text.
 */
public final class DeadlineSocketFactory extends SocketFactory {

    private final int limitMs;

    public DeadlineSocketFactory(String limitMs) {
        this.limitMs = Integer.parseInt(limitMs);
    }

    @Override
    public Socket createSocket() throws IOException {
        var socket = new LimitedSocket(limitMs);
        socket.setSoTimeout(limitMs);
        return socket;
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(InetAddress.getByName(host), port);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return connected(InetAddress.getByName(host), port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(host, port);
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        return connected(address, port);
    }

    private Socket connected(InetAddress address, int port) throws IOException {
        Socket socket = createSocket();
        socket.connect(new java.net.InetSocketAddress(address, port), limitMs);
        return socket;
    }

    private static final class LimitedSocket extends Socket {
        private final int limitMs;

        LimitedSocket(int limitMs) {
            this.limitMs = limitMs;
        }

        @Override
        public void connect(SocketAddress endpoint, int timeout) throws IOException {
            super.connect(endpoint, timeout == 0 ? limitMs : Math.min(timeout, limitMs));
        }
    }
}
