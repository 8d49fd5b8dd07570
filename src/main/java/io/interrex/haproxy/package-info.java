/** Moves client traffic with HAProxy (2.6 and later) through its runtime socket. */
@NullMarked
package io.interrex.haproxy;

import org.jspecify.annotations.NullMarked;
