package io.interrex.router;

import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.Router;
import io.interrex.cluster.routing.RoutePlan;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Speaks to one program that moves clients. Called by one thread at a time. */
public interface RouterDriver {

    /** Closes and cuts first, opens then, and believes only what the program reports afterwards. */
    Outcome<Nothing> run(RoutePlan plan);

    /** What the program says otherwise than the plan; null: nothing. */
    @Nullable
    String difference(RoutePlan plan) throws IOException;

    /** What it lacks to carry any plan out; null: nothing. */
    @Nullable
    String missing() throws IOException;

    Outcome<Router.Sessions> sessions();
}
