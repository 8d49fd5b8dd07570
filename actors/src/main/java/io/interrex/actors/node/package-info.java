/** What belongs to the node as a whole: which message goes to whom, and what the node shows of itself. */
@NullMarked
package io.interrex.actors.node;

import org.jspecify.annotations.NullMarked;
