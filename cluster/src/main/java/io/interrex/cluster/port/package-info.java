/**
 * What the core asks of the world (log, database, guard, gate, router, notifier), and what the world may ask of a node. An outcome is done,
 * refused or unknown; unknown never permits a promotion.
 */
@NullMarked
package io.interrex.cluster.port;

import org.jspecify.annotations.NullMarked;
