@NullMarked
package io.interrex.pgbouncer;

import org.jspecify.annotations.NullMarked;
