@NullMarked
package io.interrex.postgresql;

import org.jspecify.annotations.NullMarked;
