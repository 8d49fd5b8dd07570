package io.interrex.guard;

import io.interrex.cluster.port.Guard;
import io.interrex.cluster.port.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one usable connection to the guard: adopts it, starts a new one when it died, and tells what was missed meanwhile.
 * All its state belongs to the reading thread, except what is volatile.
 */
final class GuardSession implements AutoCloseable {
    /** An attempt that took all of its time says why only then. */
    private static final Duration GRACE = Duration.ofMillis(500);

    private static final Logger LOG = LoggerFactory.getLogger(GuardSession.class);

    static final int VERSION = 1;

    /** Short against any T; keeps two agents that fight over one guard from burning a core. */
    private static final Duration RECONNECT = Duration.ofMillis(20);

    /** Longer a keeper needs only for processes that do not die, and as long as it lives no other guard starts. */
    private static final long LOSS_NS_MAX = 1_000_000_000;

    /** Scheduling noise between two readings of one clock. */
    private static final long CLOCK_SLACK_NS = 1_000_000;

    private final GuardLauncher launcher;
    private final Duration connectLimit;
    private final Consumer<Guard.Event> sink;
    private final CompletableFuture<Void> welcomed = new CompletableFuture<>();
    private final Thread reader =
            Thread.ofPlatform().daemon().name("guard-reader").unstarted(this::keepConnected);
    private volatile String lastTrouble = "it does not answer";
    private volatile @Nullable GuardLink link;
    private volatile long clockOffsetNs;
    private volatile long serverPid;
    private final CountDownLatch closing = new CountDownLatch(1);
    private long guardPid;
    private boolean lossTold;
    private long lostNs;
    /** It was told that processes outlive their SIGKILL, and not yet that they are dead. */
    private boolean stuckTold;

    GuardSession(GuardLauncher launcher, Duration connectLimit, Consumer<Guard.Event> sink) {
        this.launcher = launcher;
        this.connectLimit = connectLimit;
        this.sink = sink;
    }

    /** Waits for the first usable connection. */
    void open() throws IOException, InterruptedException {
        reader.start();
        try {
            welcomed.get(connectLimit.plus(GRACE).toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            close();
            throw new IOException(
                    "No usable guard in " + launcher.runDirectory() + " within " + connectLimit.toMillis()
                            + " ms; guard.log there says why. The last attempt: " + lastTrouble,
                    e);
        }
    }

    CompletableFuture<Outcome<Map<String, String>>> ask(String words, boolean untilDead) {
        GuardLink current = link;
        return current == null
                ? CompletableFuture.completedFuture(
                        Outcome.refused("The order was not sent: no connection to the guard in "
                                + launcher.runDirectory() + ", it is being restored"))
                : current.ask(words, untilDead);
    }

    /** Boot time minus monotonic time, as the guard told it last. */
    long clockOffsetNs() {
        return clockOffsetNs;
    }

    void serverStarted(long pid) {
        serverPid = pid;
    }

    private void keepConnected() {
        try {
            while (!closing.await(0, TimeUnit.SECONDS)) {
                try {
                    converse();
                } catch (IOException e) {
                    if (closing.getCount() == 0) {
                        return;
                    }
                    lastTrouble = e.toString();
                    LOG.warn("The connection to the guard in {} ended: {}", launcher.runDirectory(), lastTrouble);
                } catch (RuntimeException e) {
                    LOG.error("The connection to the guard in {} failed and is made anew", launcher.runDirectory(), e);
                }
                closing.await(RECONNECT.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            LOG.debug("Closed while connecting to the guard in {}", launcher.runDirectory());
        }
    }

    private void converse() throws IOException, InterruptedException {
        var fresh = new GuardLink(launcher.connect(connectLimit, this::tellLoss), this::onEvent);
        try (fresh) {
            long askedNs = System.nanoTime();
            fresh.ask("HELLO", false).thenAccept(hello -> welcome(fresh, askedNs, hello));
            fresh.read();
            throw new IOException("the guard closed it");
        } finally {
            link = null;
        }
    }

    /** Nobody listens on the socket. At the very first connection that is no loss. */
    private void tellLoss(String why) {
        if (guardPid != 0 && !lossTold) {
            lossTold = true;
            lostNs = System.nanoTime();
            serverPid = 0;
            sink.accept(new Guard.Event.Lost("Guard " + guardPid + " is gone: " + why));
        } else if (lossTold && !stuckTold && System.nanoTime() - lostNs > LOSS_NS_MAX) {
            stuckTold = true;
            sink.accept(
                    new Guard.Event.Stuck("guard %d has been gone for %d ms, and no other starts: what it left may live"
                            .formatted(guardPid, (System.nanoTime() - lostNs) / 1_000_000)));
        }
    }

    private void welcome(GuardLink fresh, long askedNs, Outcome<Map<String, String>> hello) {
        try {
            switch (hello) {
                case Outcome.Done<Map<String, String>>(var status) -> meet(fresh, askedNs, status);
                case Outcome.Refused<Map<String, String>>(var why) -> throw new Words.ProtocolException(why);
                case Outcome.Unknown<Map<String, String>>(var why) -> LOG.debug("No hello from the guard: {}", why);
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("The guard in {} cannot be used: {}", launcher.runDirectory(), e.toString(), e);
            fresh.close();
        }
    }

    private void meet(GuardLink fresh, long askedNs, Map<String, String> status) throws IOException {
        long itsNs = Words.number(status, "mono_ns");
        long nowNs = System.nanoTime();
        if (Words.number(status, "version") != VERSION) {
            throw new Words.ProtocolException("it speaks version " + status.get("version") + ", this agent " + VERSION
                    + ": let the guard end (kill its server, then EXIT) and start the new one");
        }
        if (itsNs < askedNs - CLOCK_SLACK_NS || itsNs > nowNs + CLOCK_SLACK_NS) {
            throw new Words.ProtocolException("its monotonic clock is not the one of this process (" + itsNs
                    + " ns is not between " + askedNs + " and " + nowNs + "): both must run in one time namespace");
        }
        launcher.watchdog()
                .filter(dog -> !Long.toString(dog.timeout().toSeconds()).equals(status.get("watchdog_s")))
                .ifPresent(dog -> LOG.warn(
                        "The guard in {} lives since before {} was configured and feeds no watchdog, or another; it does when it is started anew, with its server",
                        launcher.runDirectory(),
                        dog.device()));
        clockOffsetNs = Words.number(status, "off_ns");
        long its = Words.number(status, "guard");
        if (guardPid != 0 && its != guardPid) {
            tellLoss("guard " + its + " stands in its place");
        }
        GuardEvents.missed(serverPid, status).ifPresent(sink);
        if (stuckTold && !"killing".equals(status.get("state"))) {
            stuckTold = false;
            sink.accept(new Guard.Event.Freed());
        }
        guardPid = its;
        lossTold = false;
        serverPid = Words.number(status, "pid");
        link = fresh;
        welcomed.complete(null);
    }

    private void onEvent(String name, Map<String, String> fields, boolean awaited) throws IOException {
        LOG.info("The guard tells {} {}", name, fields);
        if (name.equals("STUN")) {
            clockOffsetNs = Words.number(fields, "off_ns");
        } else if (name.equals("DEAD")) {
            serverPid = 0;
        }
        Optional<Guard.Event> event = GuardEvents.told(name, fields, awaited, stuckTold);
        stuckTold = name.equals("STUCK") || stuckTold && !name.equals("DEAD");
        event.ifPresent(sink);
    }

    @Override
    public void close() {
        closing.countDown();
        reader.interrupt();
        GuardLink current = link;
        if (current != null) {
            current.close();
        }
    }
}
