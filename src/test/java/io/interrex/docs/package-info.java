@NullMarked
package io.interrex.docs;

import org.jspecify.annotations.NullMarked;
