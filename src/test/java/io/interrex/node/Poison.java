package io.interrex.node;

import java.util.Scanner;
import org.apache.pekko.actor.PoisonPill;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Extension;
import org.apache.pekko.actor.typed.ExtensionId;

/**
 * Inside a node under test, loaded by its configuration: gives poison to the part of the hands whose name comes by standard
 * input.
 */
public final class Poison extends ExtensionId<Poison.Giver> {

    private static final Poison INSTANCE = new Poison();

    /** Found by Pekko under this name. */
    public static Poison getInstance() {
        return INSTANCE;
    }

    /** Waits for the name. */
    public static final class Giver implements Extension {

        Giver(ActorSystem<?> hands) {
            Thread.ofPlatform().daemon().start(() -> {
                try (var in = new Scanner(System.in)) {
                    String part = in.nextLine();
                    hands.classicSystem()
                            .actorSelection("/user/" + part)
                            .tell(PoisonPill.getInstance(), org.apache.pekko.actor.ActorRef.noSender());
                }
            });
        }
    }

    @Override
    public Giver createExtension(ActorSystem<?> system) {
        return new Giver(system);
    }
}
