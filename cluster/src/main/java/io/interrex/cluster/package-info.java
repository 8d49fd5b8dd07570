@NullMarked
package io.interrex.cluster;

import org.jspecify.annotations.NullMarked;
