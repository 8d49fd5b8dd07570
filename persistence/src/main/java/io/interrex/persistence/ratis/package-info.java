/** The event log as a Raft group of the voters themselves, on Apache Ratis. */
@NullMarked
package io.interrex.persistence.ratis;

import org.jspecify.annotations.NullMarked;
