package io.interrex.cluster.hands;

import io.interrex.cluster.port.Router;
import io.interrex.cluster.routing.RoutePlan;

/**
 * What a node tells its peers about a router of its own: when its plan changes, and now and then. Soft: a restart forgets it.
 *
 * @param router its node's name and its own
 * @param plan that the router has taken
 * @param sinceMs wall clock of its host when it had taken that
 */
public record RouterStatus(String router, RoutePlan plan, long sinceMs, Router.Sessions sessions) {}
