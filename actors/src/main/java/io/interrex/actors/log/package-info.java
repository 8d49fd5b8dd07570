/** A node's copy of a group's log: appends decisions with the version that they were made on, and tells everybody what is new. */
@NullMarked
package io.interrex.actors.log;

import org.jspecify.annotations.NullMarked;
