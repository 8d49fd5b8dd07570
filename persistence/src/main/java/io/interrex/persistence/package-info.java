/** How we remember: a group's events in versions without a gap, each appended once and only on the version that it was decided on. */
@NullMarked
package io.interrex.persistence;

import org.jspecify.annotations.NullMarked;
