package io.interrex.cluster.routing;

import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * Where clients of a group go.
 *
 * @param epoch the reign that it belongs to
 * @param writer the member that takes writes; null: nobody, sessions are cut
 * @param readers the members that take reads; the primary where no standby may and is within the lag limit
 */
public record RoutePlan(String group, long epoch, @Nullable String writer, SortedSet<String> readers) {}
