@NullMarked
package io.interrex.cluster.routing;

import org.jspecify.annotations.NullMarked;
