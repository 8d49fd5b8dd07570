@NullMarked
package io.interrex.cluster.hands;

import org.jspecify.annotations.NullMarked;
