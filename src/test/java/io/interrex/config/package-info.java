@NullMarked
package io.interrex.config;

import org.jspecify.annotations.NullMarked;
