/** The clustered half of a node: forms a cluster, leaves it when told to, comes back in the same process. */
@NullMarked
package io.interrex.actors.brain;

import org.jspecify.annotations.NullMarked;
