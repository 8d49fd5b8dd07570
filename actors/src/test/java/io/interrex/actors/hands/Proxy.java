package io.interrex.actors.hands;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A TCP relay that can stop forwarding without closing anything, as a cut cable does, and can close everything at once. */
final class Proxy implements Closeable {

    private final ServerSocket server;
    private final int target;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private boolean frozen;

    Proxy(int target) throws IOException {
        this.target = target;
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(this::acceptAll);
    }

    int port() {
        return server.getLocalPort();
    }

    void freeze(boolean now) {
        lock.lock();
        try {
            frozen = now;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void cut() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
        open.clear();
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
        freeze(false);
    }

    private void acceptAll() {
        while (!server.isClosed()) {
            try {
                Socket from = server.accept();
                open.add(from);
                Thread.startVirtualThread(() -> connect(from));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void connect(Socket from) {
        try {
            passIfNotFrozen();
            Socket to = new Socket(InetAddress.getLoopbackAddress(), target);
            to.setTcpNoDelay(true);
            from.setTcpNoDelay(true);
            open.add(to);
            Thread.startVirtualThread(() -> pump(from, to));
            pump(to, from);
        } catch (IOException e) {
            closeBoth(from, from);
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[16_384];
        try {
            for (int n = from.getInputStream().read(buffer);
                    n >= 0;
                    n = from.getInputStream().read(buffer)) {
                passIfNotFrozen();
                to.getOutputStream().write(buffer, 0, n);
            }
            closeBoth(from, to);
        } catch (IOException e) {
            closeBoth(from, to);
        }
    }

    private void passIfNotFrozen() {
        lock.lock();
        try {
            while (frozen) {
                moved.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A cut cable carries no end of a connection either. */
    private void closeBoth(Socket one, Socket two) {
        passIfNotFrozen();
        try {
            one.close();
            two.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
