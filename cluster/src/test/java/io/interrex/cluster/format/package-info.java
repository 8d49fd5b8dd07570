@NullMarked
package io.interrex.cluster.format;

import org.jspecify.annotations.NullMarked;
