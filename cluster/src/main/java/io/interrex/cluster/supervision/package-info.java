/** Decides what a supervisor proposes and whom it asks; the group's decider and the log decide what comes of it. */
@NullMarked
package io.interrex.cluster.supervision;

import org.jspecify.annotations.NullMarked;
