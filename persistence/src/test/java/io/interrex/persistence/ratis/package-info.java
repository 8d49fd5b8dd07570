@NullMarked
package io.interrex.persistence.ratis;

import org.jspecify.annotations.NullMarked;
