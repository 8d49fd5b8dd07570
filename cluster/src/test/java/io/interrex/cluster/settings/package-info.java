@NullMarked
package io.interrex.cluster.settings;

import org.jspecify.annotations.NullMarked;
