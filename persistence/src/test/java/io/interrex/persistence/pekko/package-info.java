@NullMarked
package io.interrex.persistence.pekko;

import org.jspecify.annotations.NullMarked;
