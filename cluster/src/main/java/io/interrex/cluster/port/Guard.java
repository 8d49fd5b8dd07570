package io.interrex.cluster.port;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The small process that is the parent of one member's database server and outlives the node's JVM. While armed it kills
 * the whole process tree as soon as the deadline passes; disarmed (a member in recovery) it kills only when told.
 */
public interface Guard extends AutoCloseable {

    /**
     * Starts the server as the guard's child. Refused while a process of the last start is alive, while other processes live
     * in that data directory (sweep first), and while no deadline is in force and {@link #disarm} was not said since the last
     * kill: outside recovery nothing runs unguarded. The working directory is the data directory. The value is the process
     * id; a server that cannot run is an {@link Event.Exited} right after.
     */
    CompletionStage<Outcome<Long>> start(List<String> argv, Map<String, String> environment, Path workingDirectory);

    /**
     * Announces round {@code n}: should {@link #commit} follow, the tree may live until {@code ttl} after the moment at
     * which this method was called (never later, whenever the guard reads it). Does not block; a lost message costs a round.
     */
    void stage(long n, Duration ttl);

    /**
     * Round {@code n} was granted: arms the guard with the deadline staged for it. Done means that the guard has it; an
     * expired or unknown round is refused and changes nothing.
     */
    CompletionStage<Outcome<Nothing>> commit(long n);

    /**
     * Nothing is killed by time any more: what starts next is in recovery. Needed before such a start. Refused while a server
     * lives for which a deadline is in force, since it may be out of recovery and would be guarded by nobody.
     */
    CompletionStage<Outcome<Nothing>> disarm();

    /** Asks the server to stop ("fast": sessions are rolled back, a shutdown checkpoint is written) and waits until it has. */
    CompletionStage<Outcome<Nothing>> stopFast(Duration limit);

    /** Kills the whole tree until no process is left. Done means: verified empty. */
    CompletionStage<Outcome<Death>> kill(Duration limit);

    /** Kills processes of that data directory that no guard is the parent of, until none is left. */
    CompletionStage<Outcome<Death>> sweep(Path dataDirectory, Duration limit);

    /** SIGHUP to the postmaster: read the configuration files again. Refused where nothing runs. */
    CompletionStage<Outcome<Nothing>> reload();

    /** What the guard has under it now. */
    CompletionStage<Outcome<Status>> status();

    /** Events arrive on one thread, in order. */
    void listen(Consumer<Event> listener);

    @Override
    void close();

    /** Verified: no process is left. */
    record Death(int killed, Duration took) {}

    record Status(
            boolean alive,
            @Nullable Long pid,
            boolean armed,
            Duration remaining,
            int processes,
            @Nullable Integer exitStatus) {}

    /** What a guard tells by itself. */
    sealed interface Event {
        /**
         * The server ended by itself or by somebody else's hand, not by {@link #stopFast}; the rest of its tree has been
         * swept. The status is the exit code, or 128 plus the signal's number.
         */
        record Exited(long pid, int status, int swept) implements Event {}

        /** The deadline passed and the whole tree was killed. */
        record Expired(Death death) implements Event {}

        /**
         * Processes outlive their SIGKILL (uninterruptible sleep): the server is neither alive nor dead, and the host needs
         * STONITH or a person. Told again while it lasts, for each process; {@link Exited}, {@link Expired} or {@link Freed} ends it.
         *
         * @param evidence which process, in what state, and where in the kernel it waits
         */
        record Stuck(String evidence) implements Event {}

        /** What was stuck is dead, by an order: verified, no process is left. */
        record Freed() implements Event {}

        /** The machine was suspended for that long, as boot time against monotonic time shows: a stun. */
        record Slept(Duration slept) implements Event {}

        /** The guard itself is gone; the server died with it, or is being swept. A new, empty guard is started at once. */
        record Lost(String reason) implements Event {}
    }
}
