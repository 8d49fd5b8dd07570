@NullMarked
package io.interrex.demo;

import org.jspecify.annotations.NullMarked;
