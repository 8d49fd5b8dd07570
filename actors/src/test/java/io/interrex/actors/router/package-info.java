@NullMarked
package io.interrex.actors.router;

import org.jspecify.annotations.NullMarked;
