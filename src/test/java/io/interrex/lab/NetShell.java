package io.interrex.lab;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A process on a host of the laboratory that serves or consumes a stream of timestamps, told what to do by lines. Times
 * are {@link System#nanoTime}, the same clock in all processes of a machine.
 */
public final class NetShell {

    private static final int CONNECT_LIMIT_MS = 700;
    private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(2);

    private static volatile long lastSentNs;
    private static volatile long lastReceivedNs;
    private static volatile long lastHeardNs;
    private static volatile int asked;
    private static volatile String streaming = "none";
    private static volatile @Nullable Socket open;

    private NetShell() {}

    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            System.out.println(
                    switch (words[0]) {
                        case "serve" -> serve(Integer.parseInt(words[1]));
                        case "connect" -> connect(words[1], Integer.parseInt(words[2]));
                        case "stream" -> stream(words[1], Integer.parseInt(words[2]), 0, false);
                        case "talk" -> stream(words[1], Integer.parseInt(words[2]), 0, true);
                        case "wait" -> stream(words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3]), false);
                        case "heard" -> String.valueOf(lastHeardNs);
                        case "asked" -> String.valueOf(asked);
                        case "last" -> lastSentNs + " " + lastReceivedNs + " " + streaming;
                        default -> throw new IllegalArgumentException(line);
                    });
        }
    }

    private static String serve(int port) throws IOException {
        ServerSocket server = new ServerSocket(port);
        Thread.ofVirtual().start(() -> {
            while (true) {
                try {
                    Socket client = server.accept();
                    Thread.ofPlatform().daemon().start(() -> feed(client));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        return "serving";
    }

    /** Reads, and counts, for how many ms the client wants to wait, waits, then sends the time again and again. */
    private static void feed(Socket client) {
        try (client;
                DataInputStream in = new DataInputStream(client.getInputStream());
                DataOutputStream out = new DataOutputStream(client.getOutputStream())) {
            client.setTcpNoDelay(true);
            long startNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(in.readInt());
            synchronized (NetShell.class) {
                asked++;
            }
            while (System.nanoTime() < startNs) {
                LockSupport.parkNanos(TICK_NS);
            }
            Thread.ofPlatform().daemon().start(() -> hear(in));
            tell(out);
        } catch (IOException e) {
            System.err.println("server: " + e.getMessage());
        }
    }

    private static void tell(DataOutputStream out) throws IOException {
        while (true) {
            out.writeLong(System.nanoTime());
            LockSupport.parkNanos(TICK_NS);
        }
    }

    /** Reads the times of a client that talks, until the connection ends. */
    private static void hear(DataInputStream in) {
        try {
            while (true) {
                lastHeardNs = in.readLong();
            }
        } catch (IOException e) {
            System.err.println("server hears no more: " + e);
        }
    }

    static String connect(String host, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), CONNECT_LIMIT_MS);
            return "connected";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static String stream(String host, int port, int waitMs, boolean talks) throws IOException {
        Socket before = open;
        if (before != null) {
            before.close();
        }
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(host, port), CONNECT_LIMIT_MS);
        open = socket;
        streaming = "running";
        lastSentNs = 0;
        Thread.ofPlatform().daemon().start(() -> {
            try (DataInputStream in = new DataInputStream(socket.getInputStream());
                    DataOutputStream out = new DataOutputStream(socket.getOutputStream())) {
                out.writeInt(waitMs);
                if (talks) {
                    Thread.ofPlatform().daemon().start(() -> talk(out));
                }
                while (true) {
                    long sentNs = in.readLong();
                    lastReceivedNs = System.nanoTime();
                    lastSentNs = sentNs;
                }
            } catch (IOException e) {
                if (socket == open) {
                    streaming = String.valueOf(e.getMessage());
                }
            }
        });
        return "started";
    }

    private static void talk(DataOutputStream out) {
        try {
            tell(out);
        } catch (IOException e) {
            System.err.println("client: " + e.getMessage());
        }
    }
}
