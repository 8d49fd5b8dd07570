@NullMarked
package io.interrex.cluster.exhaustive;

import org.jspecify.annotations.NullMarked;
