/** Decides which voters a node counts, and when the voters of a generation may begin (decision 17). */
@NullMarked
package io.interrex.cluster.charter;

import org.jspecify.annotations.NullMarked;
