package io.interrex.gate;

import io.interrex.cluster.port.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A process with a gate, inside a host of the laboratory: one command a line, one outcome a line. */
public final class GateShell {

    private GateShell() {}

    /** @param args member, port, addresses of peers */
    public static void main(String[] args) throws IOException {
        List<InetAddress> peers = new ArrayList<>();
        for (int i = 2; i < args.length; i++) {
            peers.add(InetAddress.getByName(args[i]));
        }
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Outcome<KernelGate> opened = KernelGate.open(args[0], Integer.parseInt(args[1]), peers);
        System.out.println(opened);
        if (opened instanceof Outcome.Done<KernelGate>(var gate)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                System.out.println(answer(gate, line.split(" ")));
            }
            gate.close();
        }
    }

    private static Object answer(KernelGate gate, String[] words) {
        return switch (words[0]) {
            case "install" -> await(gate.install());
            case "stage" -> await(gate.stage(Long.parseLong(words[1]), Duration.ofMillis(Long.parseLong(words[2]))));
            case "activate" -> await(gate.activate(Long.parseLong(words[1])));
            case "read" -> await(gate.openForRead(Duration.ofMillis(Long.parseLong(words[1]))));
            case "close" -> await(gate.close("test"));
            case "state" -> await(gate.state());
            case "renew" -> renew(gate, Integer.parseInt(words[1]));
            case "time" -> System.nanoTime();
            default -> throw new IllegalArgumentException(words[0]);
        };
    }

    private static Object await(CompletionStage<?> stage) {
        return stage.toCompletableFuture().join();
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
