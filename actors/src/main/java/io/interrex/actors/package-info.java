/** Who acts: the hands, which no membership decision can take down, and the brain, which is clustered. */
@NullMarked
package io.interrex.actors;

import org.jspecify.annotations.NullMarked;
