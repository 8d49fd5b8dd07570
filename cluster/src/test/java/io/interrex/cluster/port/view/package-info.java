@NullMarked
package io.interrex.cluster.port.view;

import org.jspecify.annotations.NullMarked;
