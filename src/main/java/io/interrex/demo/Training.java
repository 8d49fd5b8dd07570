package io.interrex.demo;

import io.interrex.lab.LabException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Makes the JVM's caches of a node's classes, and of the command line's: one node lives through a start, switchovers and a crash while its JVM records
 * what it loads and links, because the first failover of a node's life must be as fast as its tenth.
 */
@Command(name = "training", mixinStandardHelpOptions = true, description = "Makes the class caches of a package.")
public final class Training implements Callable<Integer> {

    private static final String RECORDED = "a";
    private static final int SWITCHOVERS_MAX = 5;

    /** The JVM writes the cache while it ends. */
    private static final Duration END_MAX = Duration.ofSeconds(120);

    @Mixin
    private DemoOptions options = new DemoOptions();

    @Option(names = "--cache", required = true, paramLabel = "FILE", description = "Where the cache is to be.")
    private Path cache = Path.of("interrex.aot");

    @Option(
            names = "--cli-cache",
            required = true,
            paramLabel = "FILE",
            description = "Where the cache of the command line is to be.")
    private Path cliCache = Path.of("interrex-cli.aot");

    public static void main(String[] arguments) {
        System.exit(Demo.run(new Training(), arguments));
    }

    @Override
    public Integer call() throws IOException {
        PrintStream out = Demo.console();
        try (Installation installation = Demo.prepare(options.settings(false, Demo.userId()))) {
            Path made = installation.places().host(RECORDED).resolve("interrex.aot");
            installation.withJvmOptions(RECORDED, "-XX:AOTCacheOutput=" + made);
            StartUp.run(installation, out);
            ask(installation);
            live(installation);
            installation.stop(RECORDED, END_MAX);
            if (!Files.exists(made)) {
                throw new DemoException("the JVM wrote no cache. Its last words:\n" + installation.lastWords(RECORDED));
            }
            Files.copy(made, cache, StandardCopyOption.REPLACE_EXISTING);
            return 0;
        } catch (LabException e) {
            throw new DemoException("there is no laboratory to train in: " + e.getMessage(), e);
        }
    }

    /** One question is like the other: arguments, configuration, HTTP, JSON, a table. */
    private void ask(Installation installation) throws IOException {
        Path made = installation.places().base().resolve("interrex-cli.aot");
        var builder = new ProcessBuilder(
                installation.places().dist().resolve("bin").resolve("interrex").toString(),
                "status",
                "--config",
                installation.places().config().toString());
        builder.environment().put("INTERREX_JAVA_OPTS", "-XX:AOTCacheOutput=" + made);
        Process status = builder.inheritIO().start();
        try {
            if (!status.waitFor(END_MAX.toSeconds(), TimeUnit.SECONDS)
                    || status.exitValue() != 0
                    || !Files.exists(made)) {
                throw new DemoException("the command line could not be trained");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DemoException("interrupted while the command line is trained", e);
        } finally {
            status.destroyForcibly();
        }
        Files.copy(made, cliCache, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The recorded node becomes primary, crashes, restarts behind the barrier, and hands over. */
    private static void live(Installation installation) {
        try (EventFeed feed = EventFeed.start(installation, event -> {});
                Client client = Client.start(installation, outage -> {})) {
            var trial = new Trial(installation, feed, client, 1);
            String primary = "";
            for (int i = 0; i < SWITCHOVERS_MAX && !primary.equals(RECORDED); i++) {
                trial.run(FaultKind.SWITCHOVER);
                primary = installation.awaitWhole(END_MAX).primary();
            }
            trial.run(FaultKind.KILL);
            trial.run(FaultKind.SWITCHOVER);
        }
    }
}
