/** How an event is written down: stable names and schema versions, the envelope's bytes, its hash, and old schemas read as new ones. */
@NullMarked
package io.interrex.persistence.codec;

import org.jspecify.annotations.NullMarked;
