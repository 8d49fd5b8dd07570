@NullMarked
package io.interrex.node;

import org.jspecify.annotations.NullMarked;
