/** Runs this host's voter: what must be on disk is there before it answers. */
@NullMarked
package io.interrex.actors.lease;

import org.jspecify.annotations.NullMarked;
