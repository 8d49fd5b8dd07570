/** Decides who may be writable and for how long: the holder's rounds and the voter's promises (protocol.md, "Lease"). */
@NullMarked
package io.interrex.cluster.lease;

import org.jspecify.annotations.NullMarked;
