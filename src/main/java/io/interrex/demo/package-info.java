/** The demo, the story and the bench: a whole installation on one machine, broken on purpose and measured from outside. */
@NullMarked
package io.interrex.demo;

import org.jspecify.annotations.NullMarked;
