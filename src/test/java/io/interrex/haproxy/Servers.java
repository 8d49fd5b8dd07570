package io.interrex.haproxy;

import io.interrex.cluster.group.MemberInfo;
import io.interrex.haproxy.HaproxySettings.Listen;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** Three plain TCP servers that greet with their name and hold the connection, and clients that HAProxy sends to them. */
final class Servers implements AutoCloseable {
    static final String LOOPBACK = "127.0.0.1";
    private static final int REPLY_MAX_MS = 5000;

    private final Map<String, ServerSocket> servers = new TreeMap<>();
    private final Map<String, String> hosts = new TreeMap<>();
    private final Set<String> forgotten = new TreeSet<>();
    private final Collection<Socket> sockets = new ConcurrentLinkedQueue<>();
    final Listen write;
    final Listen read;

    Servers(String... names) throws IOException {
        for (String name : names) {
            add(name);
        }
        write = freePort();
        read = freePort();
    }

    void add(String name) throws IOException {
        var server = new ServerSocket(0, 50, InetAddress.getByName(LOOPBACK));
        servers.put(name, server);
        Thread.ofVirtual().start(() -> serve(name, server));
    }

    /** Settings name its host so. */
    void name(String server, String host) {
        hosts.put(server, host);
    }

    /** It goes on, but no settings name it. */
    void forget(String name) {
        forgotten.add(name);
    }

    HaproxySettings settings(Path runtimeDir) {
        List<MemberInfo> members = servers.entrySet().stream()
                .filter(entry -> !forgotten.contains(entry.getKey()))
                .map(entry -> new MemberInfo(
                        entry.getKey(),
                        hosts.getOrDefault(entry.getKey(), LOOPBACK),
                        entry.getValue().getLocalPort(),
                        "z",
                        0,
                        false,
                        false,
                        false))
                .toList();
        return HaproxySettings.of("g", members, runtimeDir, write, read);
    }

    /** The name of the server that a new connection gets to, or "nobody". */
    String greeting(Listen port) throws IOException {
        try (Socket socket = connect(port)) {
            return line(socket);
        }
    }

    Socket session(Listen port) throws IOException {
        Socket socket = connect(port);
        sockets.add(socket);
        return socket;
    }

    static String line(Socket socket) throws IOException {
        var line = new StringBuilder();
        for (int c = next(socket); c > 0 && c != '\n'; c = next(socket)) {
            line.append((char) c);
        }
        return line.isEmpty() ? "nobody" : line.toString();
    }

    static boolean isCut(Socket socket) throws IOException {
        return next(socket) < 0;
    }

    /** Returns when connections are refused: a thread that waits in accept keeps the socket open for a moment. */
    void stop(String name) throws IOException {
        ServerSocket server = Objects.requireNonNull(servers.get(name), name);
        SocketAddress address = server.getLocalSocketAddress();
        server.close();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (accepts(address)) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError(name + " still accepts connections");
            }
            Thread.onSpinWait();
        }
    }

    private static boolean accepts(SocketAddress address) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(address, REPLY_MAX_MS);
            return true;
        } catch (ConnectException e) {
            return false;
        } catch (SocketException e) {
            // reset: the listener was closed while this connection waited in it, which says nothing of the next
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        for (ServerSocket server : servers.values()) {
            server.close();
        }
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private static Socket connect(Listen port) throws IOException {
        var socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(port.host(), port.port()), REPLY_MAX_MS);
        socket.setSoTimeout(REPLY_MAX_MS);
        return socket;
    }

    /** A connection that was reset is as cut as one that was closed. */
    private static int next(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read();
        } catch (SocketException e) {
            return -1;
        }
    }

    private void serve(String name, ServerSocket server) {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> greet(name, socket));
            }
        } catch (IOException e) {
            if (!server.isClosed()) {
                throw new IllegalStateException(name, e);
            }
        }
    }

    /** Whoever sends 'm' (more) gets bytes without end. */
    private static void greet(String name, Socket socket) {
        byte[] block = new byte[64 << 10];
        try (socket) {
            socket.getOutputStream().write((name + "\n").getBytes(StandardCharsets.UTF_8));
            int asked = socket.getInputStream().read();
            while (asked == 'm') {
                socket.getOutputStream().write(block);
            }
        } catch (SocketException e) {
            System.Logger log = System.getLogger(Servers.class.getName());
            log.log(System.Logger.Level.DEBUG, "a session of {0} was cut: {1}", name, e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Listen freePort() throws IOException {
        try (var probe = new ServerSocket(0, 1, InetAddress.getByName(LOOPBACK))) {
            return new Listen(LOOPBACK, probe.getLocalPort());
        }
    }
}
