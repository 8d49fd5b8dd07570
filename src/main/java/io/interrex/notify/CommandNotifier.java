package io.interrex.notify;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Notifier;
import io.interrex.cluster.port.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Tells people by running a local command, one at a time: the notice is a JSON object on its standard input, and its
 * short fields are in the environment. Exit code 0 means that people were told. No shell is involved, so nothing in a
 * notice is ever read as a command.
 */
public final class CommandNotifier implements Notifier {
    private static final int WAITING_MAX = 100;
    private static final int TEXT_CHARS_MAX = 32 << 10;

    private final List<String> command;
    private final Duration runMax;
    private final JsonMapper json = new JsonMapper();
    private final Set<CompletableFuture<Outcome<Nothing>>> pending = ConcurrentHashMap.newKeySet();
    private final ThreadPoolExecutor worker = new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING_MAX),
            Thread.ofPlatform().daemon().name("notify-command-", 0).factory());

    /**
     * @param command the program's path and its arguments
     * @param runMax after this time the command and its children are killed
     */
    public CommandNotifier(List<String> command, Duration runMax) {
        if (command.isEmpty() || command.getFirst().isBlank()) {
            throw new IllegalArgumentException("the notifier's command is empty; give a program and its arguments");
        }
        if (runMax.toMillis() < 1) {
            throw new IllegalArgumentException("the notifier's time of %s is not positive".formatted(runMax));
        }
        worker.allowCoreThreadTimeOut(true);
        this.command = List.copyOf(command);
        this.runMax = runMax;
    }

    @Override
    public String name() {
        return "command " + command.getFirst();
    }

    @Override
    public CompletionStage<Outcome<Nothing>> send(Notice notice) {
        var told = new CompletableFuture<Outcome<Nothing>>();
        pending.add(told);
        var outcome = told.whenComplete((done, error) -> pending.remove(told));
        try {
            worker.execute(() -> told.complete(Outcome.attempt(name(), () -> run(notice))));
        } catch (RejectedExecutionException e) {
            String why = worker.isShutdown()
                    ? "the notifier %s is closed".formatted(name())
                    : "%d notices wait for %s already; look at why it is slow".formatted(WAITING_MAX, name());
            told.complete(Outcome.refused(why));
        }
        return outcome;
    }

    @Override
    public void close() {
        worker.shutdownNow();
        pending.forEach(told -> told.complete(Outcome.unknown("the notifier %s was closed".formatted(name()))));
    }

    private Outcome<Nothing> run(Notice notice) {
        byte[] input = json.valueToTree(fields(notice)).toString().getBytes(StandardCharsets.UTF_8);
        var environment = Map.of(
                "INTERREX_GROUP", printable(notice.group()),
                "INTERREX_EPOCH", Long.toString(notice.epoch()),
                "INTERREX_SEVERITY", notice.severity().name(),
                "INTERREX_TITLE", printable(notice.title()));
        return new BoundedCommand(command, environment, runMax).run(input).map(output -> Nothing.NOTHING);
    }

    private static Map<String, Object> fields(Notice notice) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("group", notice.group());
        fields.put("epoch", notice.epoch());
        fields.put("severity", notice.severity().name());
        fields.put("title", notice.title());
        String text = notice.text();
        fields.put("text", text.length() <= TEXT_CHARS_MAX ? text : text.substring(0, TEXT_CHARS_MAX) + "…");
        fields.put("at", notice.at().toString());
        return fields;
    }

    /** An environment cannot hold a NUL, and a title is one line. */
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ");
    }
}
