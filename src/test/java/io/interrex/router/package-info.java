@NullMarked
package io.interrex.router;

import org.jspecify.annotations.NullMarked;
