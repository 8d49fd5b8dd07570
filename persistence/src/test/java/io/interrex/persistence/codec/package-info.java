@NullMarked
package io.interrex.persistence.codec;

import org.jspecify.annotations.NullMarked;
