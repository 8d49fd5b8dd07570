@NullMarked
package io.interrex.notify;

import org.jspecify.annotations.NullMarked;
