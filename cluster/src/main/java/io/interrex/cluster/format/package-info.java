/** Which release understands what: nodes of two releases work together while one after the other is upgraded. */
@NullMarked
package io.interrex.cluster.format;

import org.jspecify.annotations.NullMarked;
