/** The command line: says what people ask over HTTP, and prints what comes back. */
@NullMarked
package io.interrex.cli;

import org.jspecify.annotations.NullMarked;
