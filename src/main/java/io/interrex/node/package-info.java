/** The node as a process: what the command {@code interrex node} starts. */
@NullMarked
package io.interrex.node;

import org.jspecify.annotations.NullMarked;
