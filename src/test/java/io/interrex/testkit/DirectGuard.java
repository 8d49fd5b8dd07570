package io.interrex.testkit;

import io.interrex.cluster.port.Guard;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A guard without a process of its own: starts and kills the server from the test, and guards nothing by time. */
public final class DirectGuard implements Guard {

    private final Path log;
    private @Nullable Process server;

    public DirectGuard(Path log) {
        this.log = log;
    }

    @Override
    public synchronized CompletionStage<Outcome<Long>> start(
            List<String> argv, Map<String, String> environment, Path workingDirectory) {
        if (server != null && server.isAlive()) {
            return done(Outcome.refused("a server is alive"));
        }
        try {
            var builder = new ProcessBuilder(Unprivileged.command(argv))
                    .directory(workingDirectory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putAll(environment);
            Process started = builder.start();
            server = started;
            return done(Outcome.done(started.pid()));
        } catch (IOException e) {
            return done(Outcome.refused(e.toString()));
        }
    }

    @Override
    public void stage(long n, Duration ttl) {}

    @Override
    public CompletionStage<Outcome<Nothing>> commit(long n) {
        return done(Outcome.done(Nothing.NOTHING));
    }

    @Override
    public CompletionStage<Outcome<Nothing>> disarm() {
        return done(Outcome.done(Nothing.NOTHING));
    }

    @Override
    public CompletionStage<Outcome<Nothing>> stopFast(Duration limit) {
        return later(() -> {
            Process running = server;
            if (running == null) {
                return Outcome.refused("nothing runs");
            }
            // the postmaster does not wait for the process that writes its log; the guard does
            List<ProcessHandle> tree = running.descendants().toList();
            signal("INT", running.pid());
            return areGone(running, tree, limit) ? Outcome.done(Nothing.NOTHING) : Outcome.unknown("it still runs");
        });
    }

    @Override
    public CompletionStage<Outcome<Death>> kill(Duration limit) {
        return later(() -> {
            Process running = server;
            if (running == null) {
                return Outcome.done(new Death(0, Duration.ZERO));
            }
            long begin = System.nanoTime();
            List<ProcessHandle> tree = running.descendants().toList();
            tree.forEach(ProcessHandle::destroyForcibly);
            running.destroyForcibly();
            return areGone(running, tree, limit)
                    ? Outcome.done(new Death(tree.size() + 1, Duration.ofNanos(System.nanoTime() - begin)))
                    : Outcome.unknown("processes are left");
        });
    }

    @Override
    public CompletionStage<Outcome<Death>> sweep(Path dataDirectory, Duration limit) {
        return done(Outcome.done(new Death(0, Duration.ZERO)));
    }

    @Override
    public CompletionStage<Outcome<Nothing>> reload() {
        return later(() -> {
            Process running = server;
            if (running == null) {
                return Outcome.refused("nothing runs");
            }
            signal("HUP", running.pid());
            return Outcome.done(Nothing.NOTHING);
        });
    }

    @Override
    public CompletionStage<Outcome<Status>> status() {
        Process running = server;
        boolean alive = running != null && running.isAlive();
        return done(Outcome.done(new Status(
                alive, alive && running != null ? running.pid() : null, false, Duration.ZERO, alive ? 1 : 0, null)));
    }

    @Override
    public void listen(Consumer<Event> listener) {}

    /** Stops ({@code STOP}) or continues ({@code CONT}) the server and, if wanted, all its children. */
    public void signalTree(String name, boolean children) {
        Process running = server;
        if (running != null) {
            if (children) {
                running.descendants().forEach(child -> signal(name, child.pid()));
            }
            signal(name, running.pid());
        }
    }

    public long pid() {
        Process running = server;
        return running == null ? -1 : running.pid();
    }

    @Override
    public void close() {
        Process running = server;
        if (running != null) {
            running.descendants().forEach(ProcessHandle::destroyForcibly);
            running.destroyForcibly();
        }
    }

    private static void signal(String name, long pid) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static boolean exited(Process process, Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean areGone(Process server, List<ProcessHandle> tree, Duration limit) {
        return exited(server, limit) && tree.stream().allMatch(child -> gone(child, limit));
    }

    private static boolean gone(ProcessHandle process, Duration limit) {
        return process.onExit()
                .completeOnTimeout(process, limit.toMillis(), TimeUnit.MILLISECONDS)
                .thenApply(ended -> !ended.isAlive() || isZombie(ended.pid()))
                .join();
    }

    private static boolean isZombie(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ");
        } catch (IOException e) {
            return true;
        }
    }

    private static <T> CompletionStage<T> done(T value) {
        return CompletableFuture.completedFuture(value);
    }

    private static <T> CompletionStage<Outcome<T>> later(Supplier<Outcome<T>> work) {
        return CompletableFuture.supplyAsync(
                work, task -> Thread.ofPlatform().daemon().start(task));
    }
}
