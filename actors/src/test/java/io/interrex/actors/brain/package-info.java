@NullMarked
package io.interrex.actors.brain;

import org.jspecify.annotations.NullMarked;
