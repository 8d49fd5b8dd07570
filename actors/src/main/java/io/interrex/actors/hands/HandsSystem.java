package io.interrex.actors.hands;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the actors of the hands, and says when one of them has failed. None is started again alone: an agent, a voter or a
 * log that forgot in the middle of its work what it had told the others is worse than a node that starts anew as a whole.
 * Local, few threads, and nothing in it that knows of a cluster.
 */
public final class HandsSystem {

    private static final Logger LOG = LoggerFactory.getLogger(HandsSystem.class);
    private static final long START_LIMIT_S = 10;

    private record Start(Consumer<ActorContext<Start>> how) {}

    private final ActorSystem<Start> system;

    private HandsSystem(ActorSystem<Start> system) {
        this.system = system;
    }

    /**
     * With the settings of {@code interrex.hands} and of the libraries that the hands use.
     *
     * @param onEnd is told the name of a part that failed or ended by itself, once its cause is in the log
     */
    public static HandsSystem start(Consumer<String> onEnd) {
        var libraries = new HandsLibraries();
        Config config = ConfigFactory.load(libraries);
        Config own =
                config.getConfig("interrex.hands.system").withFallback(config).resolve();
        ActorSystemSetup setup =
                ActorSystemSetup.create(BootstrapSetup.create(own).withClassloader(libraries));
        return new HandsSystem(ActorSystem.create(guardian(onEnd), "hands", setup));
    }

    /** The settings that it runs with, {@code interrex.hands} among them. */
    public Config config() {
        return system.settings().config();
    }

    private static Behavior<Start> guardian(Consumer<String> onEnd) {
        return Behaviors.setup(context -> Behaviors.receive(Start.class)
                .onMessage(Start.class, start -> {
                    start.how().accept(context);
                    return Behaviors.same();
                })
                .onSignal(ChildFailed.class, failed -> {
                    String part = failed.getRef().path().name();
                    LOG.error("{} failed, the hands of this node cannot go on", part, failed.cause());
                    onEnd.accept(part);
                    return Behaviors.same();
                })
                .onSignal(Terminated.class, ended -> {
                    String part = ended.getRef().path().name();
                    LOG.error("{} ended by itself, the hands of this node cannot go on", part);
                    onEnd.accept(part);
                    return Behaviors.same();
                })
                .build());
    }

    /** Starts one part; returns when it can be told something. */
    public <T> ActorRef<T> spawn(Behavior<T> behavior, String name) {
        return spawn(behavior, name, Props.empty());
    }

    /** Starts a part on the thread of the connections, which it must never hold up. */
    public <T> ActorRef<T> spawnOnWire(Behavior<T> behavior, String name) {
        return spawn(behavior, name, DispatcherSelector.fromConfig(HandsTransport.DISPATCHER));
    }

    private <T> ActorRef<T> spawn(Behavior<T> behavior, String name, Props props) {
        var started = new CompletableFuture<ActorRef<T>>();
        system.tell(new Start(context -> {
            try {
                ActorRef<T> part = context.spawn(behavior, name, props);
                context.watch(part);
                started.complete(part);
            } catch (RuntimeException e) {
                started.completeExceptionally(e);
            }
        }));
        return started.orTimeout(START_LIMIT_S, TimeUnit.SECONDS).join();
    }

    /** For what only needs threads, streams or time. */
    public ActorSystem<?> system() {
        return system;
    }
}
