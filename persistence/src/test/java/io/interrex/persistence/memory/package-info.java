@NullMarked
package io.interrex.persistence.memory;

import org.jspecify.annotations.NullMarked;
