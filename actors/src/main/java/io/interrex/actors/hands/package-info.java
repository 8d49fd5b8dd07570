/** The hands' protocol: how the unclustered halves of the nodes talk to each other, and nothing else. */
@NullMarked
package io.interrex.actors.hands;

import org.jspecify.annotations.NullMarked;
