@NullMarked
package io.interrex.guard;

import org.jspecify.annotations.NullMarked;
