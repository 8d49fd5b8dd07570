/** Powers the host of a lost primary off, by a program of the operator's. */
@NullMarked
package io.interrex.fencing;

import org.jspecify.annotations.NullMarked;
