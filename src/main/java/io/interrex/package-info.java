/** The program: nothing but {@code main}; the command line is in {@code cli}, the wiring in {@code node}. */
@NullMarked
package io.interrex;

import org.jspecify.annotations.NullMarked;
