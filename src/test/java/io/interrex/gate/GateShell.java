package io.interrex.gate;

import io.interrex.cluster.port.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A process with a gate, inside a host of the laboratory: one command a line, one outcome a line. */
public final class GateShell {

    /** It looks every two seconds whether it shall end. */
    private static final int WAKE_UPS_OF_ITS_LIMIT = 3;

    private GateShell() {}

    /** @param args member, port, an address for replication or -, addresses of peers */
    public static void main(String[] args) throws IOException {
        List<InetAddress> peers = new ArrayList<>();
        for (int i = 3; i < args.length; i++) {
            peers.add(InetAddress.getByName(args[i]));
        }
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Outcome<KernelGate> opened =
                KernelGate.open(args[0], Integer.parseInt(args[1]), peers, replication(args[2]), Duration.ZERO);
        System.out.println(opened);
        if (opened instanceof Outcome.Done<KernelGate>(var gate)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                System.out.println(answer(gate, line.split(" ")));
            }
            gate.close();
        }
    }

    private static @Nullable InetAddress replication(String text) {
        return text.equals("-") ? null : InetAddress.ofLiteral(text);
    }

    private static Object answer(KernelGate gate, String[] words) {
        return switch (words[0]) {
            case "install" -> await(gate.install());
            case "stage" -> await(gate.stage(Long.parseLong(words[1]), Duration.ofMillis(Long.parseLong(words[2]))));
            case "activate" -> await(gate.activate(Long.parseLong(words[1])));
            case "read" -> await(gate.openForRead(Duration.ofMillis(Long.parseLong(words[1]))));
            case "pass" -> await(gate.pass(List.of(address(words[1]))));
            case "close" -> await(gate.close("test"));
            case "state" -> await(gate.state());
            case "renew" -> renew(gate, Integer.parseInt(words[1]));
            case "watching" -> gate.isWatching();
            case "changes" -> changes();
            case "time" -> System.nanoTime();
            default -> throw new IllegalArgumentException(words[0]);
        };
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Object await(CompletionStage<?> stage) {
        return stage.toCompletableFuture().join();
    }

    /**
     * How often a watch told of a change: once because it began, then of forty changes by its own thread, and of one by another;
     * and how often its thread woke up for the later half of its own.
     */
    private static String changes() {
        AtomicInteger told = new AtomicInteger();
        try (Nftables own = new Nftables();
                Nftables other = new Nftables()) {
            RulesetWatch watch = new RulesetWatch(
                    Files.readString(Path.of("/proc/thread-self/comm")).strip(), told::incrementAndGet);
            AtomicReference<Path> status = new AtomicReference<>();
            Thread listener = Thread.ofPlatform().start(() -> {
                status.set(thisThread());
                watch.run();
            });
            until(watch::listening);
            change(own);
            long wokenBefore = wakeUps(status.get());
            change(own);
            long woken = wakeUps(status.get()) - wokenBefore;
            Thread stranger = Thread.ofPlatform()
                    .name("stranger")
                    .start(() -> other.run("add table inet watched\ndelete table inet watched"));
            stranger.join();
            until(() -> told.get() > 1);
            watch.end();
            listener.join();
            return "told=" + told + " woken=" + (woken <= WAKE_UPS_OF_ITS_LIMIT ? "not" : woken);
        } catch (IOException | InterruptedException e) {
            return e.toString();
        }
    }

    private static void change(Nftables nft) {
        for (int n = 0; n < 10; n++) {
            nft.run("add table inet watched");
            nft.run("delete table inet watched");
        }
    }

    private static Path thisThread() {
        try {
            return Path.of("/proc")
                    .resolve(Files.readSymbolicLink(Path.of("/proc/thread-self")))
                    .resolve("status");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long wakeUps(Path status) throws IOException {
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("voluntary_ctxt_switches:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    private static void until(BooleanSupplier condition) {
        long endNs = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < endNs) {
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }

    /** CPU time of the process per renewal, in microseconds, and the wall time. */
    private static String renew(KernelGate gate, int times) {
        long cpu = cpuNs();
        long begin = System.nanoTime();
        for (int n = 0; n < times; n++) {
            await(gate.stage(n, Duration.ofMillis(1200)));
            await(gate.activate(n));
        }
        return "cpu_us=" + (cpuNs() - cpu) / 1000 / times + " wall_us=" + (System.nanoTime() - begin) / 1000 / times;
    }

    private static long cpuNs() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
