package io.interrex.fencing;

import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.PowerHook;
import io.interrex.host.GateRight;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Powers a host off by a local program, without a shell: done on exit code 0, refused on 10, and unknown on every other, on a
 * signal and where it had to be killed. A program that fails half-way ends with 1, and nobody can say how far it came.
 */
public final class LocalPowerHook implements PowerHook {

    static final int EXIT_DONE = 0;
    static final int EXIT_REFUSED = 10;

    private static final int OUTPUT_CHARS_MAX = 1000;

    private final List<String> command;
    private final Duration runMax;
    private final Function<Path, Optional<String>> check;

    /**
     * @param command the program's absolute path and its arguments
     * @param runMax after this time it is killed, with all that it has started
     */
    public LocalPowerHook(List<String> command, Duration runMax) {
        this(command, runMax, HookFile::problem);
    }

    LocalPowerHook(List<String> command, Duration runMax, Function<Path, Optional<String>> check) {
        this.command = List.copyOf(command);
        this.runMax = runMax;
        this.check = check;
    }

    @Override
    public CompletionStage<Outcome<Nothing>> powerOff(Target target) {
        var answer = new CompletableFuture<Outcome<Nothing>>();
        Thread.ofPlatform()
                .daemon()
                .name("power-off-" + target.member())
                .start(() -> answer.complete(Outcome.attempt("the hook", () -> run(target))));
        return answer;
    }

    private Outcome<Nothing> run(Target target) {
        String program = command.getFirst();
        Optional<String> problem = check.apply(Path.of(program));
        if (problem.isPresent()) {
            return Outcome.refused("the hook %s was not run: it %s".formatted(program, problem.get()));
        }
        var tree = new MarkedTree("INTERREX_HOOK_RUN", UUID.randomUUID().toString());
        File output = null;
        try {
            Process process;
            try {
                output = File.createTempFile("interrex-hook", ".out");
                process = start(target, tree, output);
            } catch (IOException e) {
                return Outcome.refused("the hook %s was not run: %s".formatted(program, e));
            }
            return answer(process, tree, output);
        } finally {
            if (output != null && !output.delete()) {
                output.deleteOnExit();
            }
        }
    }

    private Process start(Target target, MarkedTree tree, File output) throws IOException {
        var builder = new ProcessBuilder(GateRight.kept(command))
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(output)
                .directory(new File("/"));
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        environment.put("LC_ALL", "C");
        environment.put("INTERREX_ACTION", "off");
        environment.put("INTERREX_GROUP", target.group());
        environment.put("INTERREX_EPOCH", Long.toString(target.epoch()));
        environment.put("INTERREX_MEMBER", target.member());
        environment.put("INTERREX_HOST", target.host());
        environment.put("INTERREX_ATTEMPT", Integer.toString(target.attempt()));
        environment.put("INTERREX_TIMEOUT_MS", Long.toString(runMax.toMillis()));
        environment.put(tree.name(), tree.value());
        return builder.start();
    }

    private Outcome<Nothing> answer(Process process, MarkedTree tree, File output) {
        String program = command.getFirst();
        try {
            if (!process.waitFor(runMax.toMillis(), TimeUnit.MILLISECONDS)) {
                return Outcome.unknown("the hook %s did not end within %d ms and was killed; it printed: %s"
                        .formatted(program, runMax.toMillis(), printed(output)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Outcome.unknown("the hook %s was killed because the node ends".formatted(program));
        } finally {
            tree.kill(process);
        }
        int code = process.exitValue();
        String words = "the hook %s ended with %d; it printed: %s".formatted(program, code, printed(output));
        return switch (code) {
            case EXIT_DONE -> Outcome.done(Nothing.NOTHING);
            case EXIT_REFUSED -> Outcome.refused(words);
            default -> Outcome.unknown(words);
        };
    }

    /** Words for people: what the program did is not less true because nobody can read what it printed. */
    private static String printed(File output) {
        try (var in = new java.io.FileInputStream(output)) {
            String text = new String(in.readNBytes(OUTPUT_CHARS_MAX), StandardCharsets.UTF_8)
                    .strip()
                    .replaceAll("[\\p{Cntrl}]+", " | ");
            return text.isEmpty() ? "(nothing)" : text;
        } catch (IOException e) {
            return "(cannot be read: " + e.getMessage() + ")";
        }
    }
}
