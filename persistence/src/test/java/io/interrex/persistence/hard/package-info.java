@NullMarked
package io.interrex.persistence.hard;

import org.jspecify.annotations.NullMarked;
