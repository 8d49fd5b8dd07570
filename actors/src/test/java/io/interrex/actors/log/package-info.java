@NullMarked
package io.interrex.actors.log;

import org.jspecify.annotations.NullMarked;
