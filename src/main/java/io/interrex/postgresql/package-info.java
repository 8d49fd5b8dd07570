/** A member's PostgreSQL server on this host: the {@link io.interrex.cluster.port.Database} of a node. */
@NullMarked
package io.interrex.postgresql;

import org.jspecify.annotations.NullMarked;
