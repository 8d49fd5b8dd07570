package io.interrex.persistence.ratis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A wire to one port, which can die as a host dies: nothing passes on the connections of before, and nobody is told. Only new
 * ones work.
 */
final class DeadWire implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DeadWire.class);

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Collection<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final int port;
    private volatile int life; // increased by each death

    DeadWire(int port) throws IOException {
        this.port = port;
        Thread.ofVirtual().start(this::accept);
    }

    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    void die() {
        life++;
    }

    private void accept() {
        try {
            while (true) {
                connect(server.accept());
            }
        } catch (IOException e) {
            LOG.debug("the wire to {} was taken away: {}", port, e.toString());
        }
    }

    private void connect(Socket near) throws IOException {
        sockets.add(near);
        try {
            Socket far = new Socket(InetAddress.getLoopbackAddress(), port);
            sockets.add(far);
            pump(near, far, life);
            pump(far, near, life);
        } catch (IOException e) {
            LOG.debug("nobody listens at {}: {}", port, e.toString());
            near.close();
        }
    }

    private void pump(Socket from, Socket to, int born) {
        Thread.ofVirtual().start(() -> {
            var bytes = new byte[8192];
            try {
                for (int n = from.getInputStream().read(bytes);
                        n > 0;
                        n = from.getInputStream().read(bytes)) {
                    if (life == born) {
                        to.getOutputStream().write(bytes, 0, n);
                    }
                }
                if (life == born) {
                    to.close();
                }
            } catch (IOException e) {
                LOG.debug("a connection to {} ended: {}", port, e.toString());
            }
        });
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
