/** Pekko Persistence over the event log: for streams with one writer (operations, deliveries, drills). */
@NullMarked
package io.interrex.persistence.pekko;

import org.jspecify.annotations.NullMarked;
