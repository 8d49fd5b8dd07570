/** Decides where clients go: only to the established primary of the newest epoch while its gate is open. */
@NullMarked
package io.interrex.cluster.routing;

import org.jspecify.annotations.NullMarked;
