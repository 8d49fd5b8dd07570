@NullMarked
package io.interrex.lab;

import org.jspecify.annotations.NullMarked;
