package io.interrex.cluster.hands;

import io.interrex.cluster.port.Router;
import io.interrex.cluster.routing.RoutePlan;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a node tells its peers about a router of its own: when its plan changes, and now and then. Soft: a restart forgets it.
 *
 * @param router its node's name and its own
 * @param plan that the router has taken
 * @param sinceMs wall clock of its host when it had taken that
 * @param pooler null for a router that cannot make clients wait
 */
public record RouterStatus(
        String router,
        RoutePlan plan,
        long sinceMs,
        Router.Sessions sessions,
        @Nullable Pooler pooler) {

    /**
     * What became of the last order to hold.
     *
     * @param operation null: none yet
     * @param held its clients wait now
     * @param refusal why they do not, empty while it is not known
     */
    public record Pooler(@Nullable UUID operation, boolean held, String refusal) {
        public static final Pooler IDLE = new Pooler(null, false, "");

        /** Every transaction through it has ended, for this order. */
        public boolean holds(UUID order) {
            return held && order.equals(operation);
        }

        /** It will not hold for this order. */
        public boolean refuses(UUID order) {
            return !held && !refusal.isEmpty() && order.equals(operation);
        }
    }
}
