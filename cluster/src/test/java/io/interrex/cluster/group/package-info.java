@NullMarked
package io.interrex.cluster.group;

import org.jspecify.annotations.NullMarked;
