@NullMarked
package io.interrex.cluster.lease;

import org.jspecify.annotations.NullMarked;
