@NullMarked
package io.interrex.cluster.supervision;

import org.jspecify.annotations.NullMarked;
