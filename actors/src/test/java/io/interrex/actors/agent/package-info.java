@NullMarked
package io.interrex.actors.agent;

import org.jspecify.annotations.NullMarked;
