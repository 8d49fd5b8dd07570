/** Decides who is promoted among those that were revoked: safety first, preference only among equals. */
@NullMarked
package io.interrex.cluster.election;

import org.jspecify.annotations.NullMarked;
