/** Starts other systems in the laboratory, breaks them as Interrex is broken, and measures what the same clients see. */
@NullMarked
package io.interrex.demo.versus;

import org.jspecify.annotations.NullMarked;
