/** What the hands of two nodes say to each other, as values: leases, revocation, status, orders to the log. */
@NullMarked
package io.interrex.cluster.hands;

import org.jspecify.annotations.NullMarked;
