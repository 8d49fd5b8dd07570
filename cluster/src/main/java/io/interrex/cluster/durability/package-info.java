/** The arithmetic of promise A: positions, reigns and lineages, who must hold a commit, and who must be revoked before a promotion. */
@NullMarked
package io.interrex.cluster.durability;

import org.jspecify.annotations.NullMarked;
