@NullMarked
package io.interrex.cluster.member;

import org.jspecify.annotations.NullMarked;
