@NullMarked
package io.interrex.fencing;

import org.jspecify.annotations.NullMarked;
