@NullMarked
package io.interrex.actors.supervisor;

import org.jspecify.annotations.NullMarked;
