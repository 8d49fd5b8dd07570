/** What this host has, apart from Interrex: where its programs are. */
@NullMarked
package io.interrex.host;

import org.jspecify.annotations.NullMarked;
