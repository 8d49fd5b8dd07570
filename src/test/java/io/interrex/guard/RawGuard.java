package io.interrex.guard;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Speaks to the guard line by line, also lines that no client would send. */
final class RawGuard implements AutoCloseable {
    private final SocketChannel channel;
    private final BufferedReader in;

    RawGuard(Path socket) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        in = new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
    }

    void send(byte[] bytes) throws IOException {
        var buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /** The next line, or "closed". */
    String line() throws IOException {
        String line = in.readLine();
        return line == null ? "closed" : line;
    }

    String ask(String request) throws IOException {
        send((request + "\n").getBytes(StandardCharsets.UTF_8));
        return line();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
