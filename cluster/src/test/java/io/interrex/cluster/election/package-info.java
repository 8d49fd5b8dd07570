@NullMarked
package io.interrex.cluster.election;

import org.jspecify.annotations.NullMarked;
