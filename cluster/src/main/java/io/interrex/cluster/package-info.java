/** What we know and how we decide: plain values in, plain values out; no clock, no I/O, no chance, no logger. */
@NullMarked
package io.interrex.cluster;

import org.jspecify.annotations.NullMarked;
