package io.interrex.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.List;
import javax.net.SocketFactory;

/**
 * Makes sockets that wait in milliseconds, for a driver that counts in seconds. Public, with this constructor, because
 * the driver makes it by name.
 */
public final class DeadlineSockets extends SocketFactory {
    private final int connectMaxMs;
    private final int answerMaxMs;

    /** @param limits milliseconds to connect, a slash, milliseconds for each answer */
    public DeadlineSockets(String limits) {
        List<String> parts = List.of(limits.split("/"));
        connectMaxMs = Integer.parseInt(parts.get(0));
        answerMaxMs = Integer.parseInt(parts.get(1));
    }

    @Override
    public Socket createSocket() throws SocketException {
        var socket = new DeadlineSocket(connectMaxMs);
        socket.setSoTimeout(answerMaxMs);
        return socket;
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        throw new IOException("only unconnected sockets are made here");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return createSocket(host.getHostAddress(), port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
        return createSocket(host.getHostAddress(), port);
    }

    private static final class DeadlineSocket extends Socket {
        private final int connectMaxMs;

        private DeadlineSocket(int connectMaxMs) {
            this.connectMaxMs = connectMaxMs;
        }

        @Override
        public void connect(SocketAddress endpoint, int timeoutMs) throws IOException {
            super.connect(endpoint, timeoutMs == 0 ? connectMaxMs : Math.min(timeoutMs, connectMaxMs));
        }
    }
}
