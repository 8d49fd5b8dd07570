@NullMarked
package io.interrex.http;

import org.jspecify.annotations.NullMarked;
