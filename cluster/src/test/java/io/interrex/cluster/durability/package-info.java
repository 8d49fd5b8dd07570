@NullMarked
package io.interrex.cluster.durability;

import org.jspecify.annotations.NullMarked;
