@NullMarked
package io.interrex.persistence;

import org.jspecify.annotations.NullMarked;
