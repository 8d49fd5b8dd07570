@NullMarked
package io.interrex.demo.versus;

import org.jspecify.annotations.NullMarked;
