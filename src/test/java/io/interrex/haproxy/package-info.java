@NullMarked
package io.interrex.haproxy;

import org.jspecify.annotations.NullMarked;
