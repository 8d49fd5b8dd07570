package io.interrex.cluster.port;

import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.routing.RoutePlan;
import java.util.Collection;
import java.util.concurrent.CompletionStage;

/** What clients connect to: a proxy, later a virtual IP or a name. Starts with nobody reachable. */
public interface Router extends AutoCloseable {

    /** Stands in the log beside each move. */
    String name();

    /**
     * Makes the plan true and cuts the sessions that it no longer allows. Done means that the router reported the new
     * state back. A plan of an older epoch than the last one is refused.
     */
    CompletionStage<Outcome<Nothing>> apply(RoutePlan plan);

    /** These are the group's members from the next plan on: who is new is reachable by a plan only, and who is gone by none. */
    void use(Collection<MemberInfo> members);

    /** Counted by the router now. Unknown where it does not answer: it may then serve nobody. */
    CompletionStage<Outcome<Sessions>> sessions();

    /** Client sessions that are open to members. */
    record Sessions(int writing, int reading) {}

    @Override
    void close();
}
