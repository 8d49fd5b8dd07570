@NullMarked
package io.interrex.cluster.fuzz;

import org.jspecify.annotations.NullMarked;
