/** Watches one group from this node, and proposes. */
@NullMarked
package io.interrex.actors.supervisor;

import org.jspecify.annotations.NullMarked;
