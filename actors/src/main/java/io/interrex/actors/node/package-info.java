@NullMarked
package io.interrex.actors.node;

import org.jspecify.annotations.NullMarked;
