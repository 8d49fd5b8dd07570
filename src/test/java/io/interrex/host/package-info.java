@NullMarked
package io.interrex.host;

import org.jspecify.annotations.NullMarked;
