package io.interrex.actors.supervisor;

import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** All supervisors of one start of the brain: one that fails ends them all, and the brain begins anew. */
public final class Supervisors {

    private Supervisors() {}

    /**
     * @param byGroup how each is made
     * @param plug is told each, by group
     * @param <N> nothing comes to the guardian itself
     */
    public static <N> Behavior<N> create(
            Map<String, Behavior<SupervisorActor.Message>> byGroup,
            BiConsumer<String, ActorRef<SupervisorActor.Message>> plug) {
        return Behaviors.setup(context -> {
            byGroup.forEach((group, behavior) -> {
                ActorRef<SupervisorActor.Message> supervisor = context.spawn(behavior, "supervisor-" + group);
                context.watch(supervisor);
                plug.accept(group, supervisor);
            });
            return Behaviors.empty();
        });
    }
}
