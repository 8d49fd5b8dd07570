@NullMarked
package io.interrex.cluster.detection;

import org.jspecify.annotations.NullMarked;
