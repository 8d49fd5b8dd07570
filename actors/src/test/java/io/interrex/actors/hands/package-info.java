@NullMarked
package io.interrex.actors.hands;

import org.jspecify.annotations.NullMarked;
