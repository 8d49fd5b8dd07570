@NullMarked
package io.interrex;

import org.jspecify.annotations.NullMarked;
