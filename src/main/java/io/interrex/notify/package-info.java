/** Tells people what was decided. */
@NullMarked
package io.interrex.notify;

import org.jspecify.annotations.NullMarked;
