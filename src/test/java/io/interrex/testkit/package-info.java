/** What tests on real programs share: unprivileged users, guards, members in temporary directories. */
@NullMarked
package io.interrex.testkit;

import org.jspecify.annotations.NullMarked;
