@NullMarked
package io.interrex.actors.lease;

import org.jspecify.annotations.NullMarked;
