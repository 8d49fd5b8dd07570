/** What is shown to people and programs that ask: values made from the log's state and from what nodes tell of themselves. */
@NullMarked
package io.interrex.cluster.port.view;

import org.jspecify.annotations.NullMarked;
