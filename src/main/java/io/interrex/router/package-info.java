/** What all kinds of routers share: they keep a plan true. */
@NullMarked
package io.interrex.router;

import org.jspecify.annotations.NullMarked;
