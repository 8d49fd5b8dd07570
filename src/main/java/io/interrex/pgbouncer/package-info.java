/** Moves client traffic with PgBouncer (1.18 and later) through its admin console, and makes clients wait with it. */
@NullMarked
package io.interrex.pgbouncer;

import org.jspecify.annotations.NullMarked;
