/** A laboratory of hosts on one machine: each in a network namespace of its own, with a switch between them that can fail. */
@NullMarked
package io.interrex.lab;

import org.jspecify.annotations.NullMarked;
