@NullMarked
package io.interrex.cli;

import org.jspecify.annotations.NullMarked;
