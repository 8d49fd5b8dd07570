/** The agent's side of the guard: starts or adopts the process, and speaks its protocol (src/main/c/protocol.md). */
@NullMarked
package io.interrex.guard;

import org.jspecify.annotations.NullMarked;
