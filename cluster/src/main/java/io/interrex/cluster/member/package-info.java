/**
 * Decides what one member does next, from what the log says, what its host promised and what its server is: {@link
 * io.interrex.cluster.member.MemberPlanner}.
 */
@NullMarked
package io.interrex.cluster.member;

import org.jspecify.annotations.NullMarked;
