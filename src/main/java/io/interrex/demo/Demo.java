package io.interrex.demo;

import io.interrex.lab.LabException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The program behind {@code deploy/demo}: starts a whole installation, and lets a person or a story break it. */
@Command(
        name = "deploy/demo",
        mixinStandardHelpOptions = true,
        description = {
            "Starts three nodes with a PostgreSQL each, a router and, with --story, a client, each on a host of its own on",
            "this machine, and follows the decisions. Ctrl-C stops all of it and leaves nothing behind.",
            "deploy/demo --in COMMAND… runs psql, interrex or anything else inside a running demo."
        })
public final class Demo implements Callable<Integer> {

    @Mixin
    private DemoOptions options = new DemoOptions();

    @Option(
            names = "--story",
            description = "Without a person: breaks the primary, its host and its network, and judges what happens.")
    private boolean story;

    @Option(names = "--keep", description = "Goes on with the data of the last time, and keeps it at the end.")
    private boolean keep;

    private final PrintStream out = console();

    public static void main(String[] arguments) {
        System.exit(run(new Demo(), arguments));
    }

    static int run(Object command, String... arguments) {
        // the driver tells every connection that a fault broke
        Logger.getLogger("").setLevel(Level.SEVERE);
        return new CommandLine(command)
                .setExecutionExceptionHandler((failure, at, parsed) -> failed(failure, at))
                .execute(arguments);
    }

    private static int failed(Exception failure, CommandLine at) throws Exception {
        if (failure instanceof DemoException || failure instanceof LabException) {
            at.getErr().println("demo: " + failure.getMessage());
            return 1;
        }
        throw failure;
    }

    static PrintStream console() {
        return new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    }

    static String userId() {
        try {
            return String.valueOf(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException e) {
            throw new DemoException("the own user is not known: " + e, e);
        }
    }

    /** Prepares an installation that ends with this program, however that ends. */
    static Installation prepare(DemoSettings settings) {
        Installation installation = Installation.prepare(settings);
        Runtime.getRuntime().addShutdownHook(new Thread(installation::close, "clean up"));
        return installation;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<FaultKind> chapters = options.faults(Story.CHAPTERS);
        Installation installation = prepare(options.settings(keep, userId()).with(Layout.of(chapters)));
        String limitation = installation.lab().limitation();
        if (!limitation.isEmpty()) {
            out.println("NOTE: " + limitation);
        }
        StartUp.run(installation, out);
        try (EventFeed feed = EventFeed.start(installation, event -> out.println(event.line()))) {
            if (!story) {
                var interactive = new Interactive(installation, out);
                interactive.endpoints();
                interactive.serve();
                return 0;
            }
            return tell(new Story(installation, feed, options.patience(), out).tell(chapters));
        }
    }

    private int tell(Verdict verdict) {
        out.println();
        verdict.lines().forEach(out::println);
        return verdict.exitCode();
    }
}
