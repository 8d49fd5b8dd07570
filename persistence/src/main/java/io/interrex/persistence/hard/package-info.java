/** A host's promises, on its own disk before anybody is told: what a member and a voter must not forget. */
@NullMarked
package io.interrex.persistence.hard;

import org.jspecify.annotations.NullMarked;
