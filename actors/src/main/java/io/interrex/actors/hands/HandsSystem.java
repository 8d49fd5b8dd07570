package io.interrex.actors.hands;

import com.typesafe.config.Config;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;

/** Starts the actor system of the hands: local, few threads, and nothing in it that knows of a cluster. */
public final class HandsSystem {

    private HandsSystem() {}

    /** @param config of the node, with reference.conf below it */
    public static <M> ActorSystem<M> start(Config config, Behavior<M> guardian) {
        return ActorSystem.create(
                guardian,
                "hands",
                config.getConfig("interrex.hands.system").withFallback(config).resolve());
    }
}
