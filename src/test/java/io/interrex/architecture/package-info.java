/** The rules of the house as tests: who may know whom, what the decision core may touch, and what a file may look like. */
@NullMarked
package io.interrex.architecture;

import org.jspecify.annotations.NullMarked;
