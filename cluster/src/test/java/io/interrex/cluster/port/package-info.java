@NullMarked
package io.interrex.cluster.port;

import org.jspecify.annotations.NullMarked;
