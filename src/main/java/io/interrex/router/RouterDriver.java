package io.interrex.router;

import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.Router;
import io.interrex.cluster.routing.RoutePlan;
import java.io.IOException;
import java.util.List;
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

    /** For the plans that come: what is missing is made with the next one. */
    void use(List<MemberInfo> members);

    Outcome<Router.Sessions> sessions();
}
