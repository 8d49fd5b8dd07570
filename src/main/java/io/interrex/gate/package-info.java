/** The kernel's gate in front of a member: an nftables table whose timers let clients in, driven in-process through libnftables. */
@NullMarked
package io.interrex.gate;

import org.jspecify.annotations.NullMarked;
