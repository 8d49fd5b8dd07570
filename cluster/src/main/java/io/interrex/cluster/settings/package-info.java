/** How a group is kept: profiles, timings and the inequalities between them, quantities with units. */
@NullMarked
package io.interrex.cluster.settings;

import org.jspecify.annotations.NullMarked;
