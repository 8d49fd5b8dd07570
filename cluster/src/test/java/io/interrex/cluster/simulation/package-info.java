@NullMarked
package io.interrex.cluster.simulation;

import org.jspecify.annotations.NullMarked;
