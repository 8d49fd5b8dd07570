/** How people and load balancers ask: the API, its problems, the stream of events, the health verdicts. It decides nothing. */
@NullMarked
package io.interrex.http;

import org.jspecify.annotations.NullMarked;
