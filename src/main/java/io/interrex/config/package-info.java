/** The one configuration file: read once, into records, or refused with everything that is wrong with it. */
@NullMarked
package io.interrex.config;

import org.jspecify.annotations.NullMarked;
