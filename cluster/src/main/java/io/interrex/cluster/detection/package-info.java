/** Decides whom to doubt: hosts by phi, members by failed probes, oneself by one's own pauses. It opens questions and answers none. */
@NullMarked
package io.interrex.cluster.detection;

import org.jspecify.annotations.NullMarked;
