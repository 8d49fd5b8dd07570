package io.interrex.actors.brain;

import java.time.Duration;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clustered half of a node: an actor system that joins the others, and is started anew in the same process whenever it
 * ends, be it that the split brain resolver downed it, that its guardian failed or that its address was taken. The hands
 * live in another system and notice nothing.
 *
 * @param <M> what the guardian understands
 */
public final class Brain<M> {

    private static final Logger LOG = LoggerFactory.getLogger(Brain.class);

    private record Running<M>(ActorSystem<M> system, Former former, long startedAt) {}

    private final BrainSettings settings;
    private final Supplier<Behavior<M>> guardian;
    private final ScheduledExecutorService starter = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("brain-starter").factory());
    private final CompletableFuture<Done> closed = new CompletableFuture<>();
    private volatile @Nullable Running<M> running;
    private final AtomicLong starts = new AtomicLong();
    private volatile boolean closing;
    private Duration restartAfter;

    private Brain(BrainSettings settings, Supplier<Behavior<M>> guardian) {
        this.settings = settings;
        this.guardian = guardian;
        this.restartAfter = settings.timings().restartMin();
    }

    /**
     * Starts the brain and begins to look for the others; returns before it has joined. Throws {@link
     * IllegalStateException} where its address is in use.
     *
     * @param guardian makes the guardian's behaviour, anew for each start; it may stop itself only to be started anew
     */
    public static <M> Brain<M> start(BrainSettings settings, Supplier<Behavior<M>> guardian) {
        var brain = new Brain<>(settings, guardian);
        try {
            brain.startSystem();
        } catch (RuntimeException e) {
            brain.starter.shutdown();
            throw new IllegalStateException(
                    "cannot start the brain at " + settings.own() + ": " + rootOf(e)
                            + "; is another node running with this address?",
                    e);
        }
        return brain;
    }

    /** False where the message was dropped because the brain is being started anew. */
    public boolean tell(M message) {
        Running<M> now = running;
        if (now == null) {
            return false;
        }
        now.system.tell(message);
        return true;
    }

    /** The actor system of now; empty between an end and the next start. Do not keep it. */
    public Optional<ActorSystem<M>> system() {
        return Optional.ofNullable(running).map(Running::system);
    }

    public Membership membership() {
        Running<M> now = running;
        return now == null || now.system.whenTerminated().isCompleted()
                ? new Membership(false, new TreeSet<>(), new TreeSet<>(), starts.get())
                : new Membership(now.former.isJoined(), now.former.up(), now.former.unreachable(), starts.get());
    }

    /** Leaves the cluster and ends for good; a second call waits for the same end. */
    public synchronized CompletionStage<Done> close() {
        if (closing) {
            return closed;
        }
        closing = true;
        starter.execute(() -> {
            Running<M> last = running;
            if (last == null) {
                finish();
            } else {
                last.system.terminate();
            }
        });
        return closed;
    }

    private void startSystem() {
        ActorSystem<M> system = BrainSystem.create(settings, guardian.get());
        var former = new Former(settings, system);
        system.systemActorOf(former.behavior(), "former", Props.empty());
        running = new Running<>(system, former, System.nanoTime());
        starts.incrementAndGet();
        system.getWhenTerminated().whenComplete((done, failure) -> starter.execute(this::onEnded));
    }

    private void onEnded() {
        Running<M> ended = running;
        running = null;
        if (closing) {
            finish();
            return;
        }
        long lived = ended == null ? 0 : System.nanoTime() - ended.startedAt;
        if (lived > settings.timings().restartMax().multipliedBy(2).toNanos()) {
            restartAfter = settings.timings().restartMin();
        }
        LOG.warn(
                "the brain ended after {} s (downed, or its guardian stopped) and is started anew in {} ms; the hands go on",
                TimeUnit.NANOSECONDS.toSeconds(lived),
                restartAfter.toMillis());
        startLater();
    }

    private void startLater() {
        starter.schedule(this::startAgain, restartAfter.toMillis(), TimeUnit.MILLISECONDS);
        Duration doubled = restartAfter.multipliedBy(2);
        Duration most = settings.timings().restartMax();
        restartAfter = doubled.compareTo(most) > 0 ? most : doubled;
    }

    private void startAgain() {
        if (closing) {
            return;
        }
        try {
            startSystem();
        } catch (RuntimeException e) {
            LOG.error("the brain did not start at {} and is tried again in {}", settings.own(), restartAfter, e);
            startLater();
        }
    }

    private void finish() {
        starter.shutdown();
        closed.complete(Done.getInstance());
    }

    private static String rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }
}
