@NullMarked
package io.interrex.packaging;

import org.jspecify.annotations.NullMarked;
