@NullMarked
package io.interrex.gate;

import org.jspecify.annotations.NullMarked;
