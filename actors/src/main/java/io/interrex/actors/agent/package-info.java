/** Acts on the member of this host: looks, asks the planner, runs one step at a time, keeps lease and gate. */
@NullMarked
package io.interrex.actors.agent;

import org.jspecify.annotations.NullMarked;
