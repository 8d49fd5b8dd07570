/** Keeps the routers of this node where the routing decision says. */
@NullMarked
package io.interrex.actors.router;

import org.jspecify.annotations.NullMarked;
