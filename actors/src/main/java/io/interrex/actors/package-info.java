@NullMarked
package io.interrex.actors;

import org.jspecify.annotations.NullMarked;
