package io.interrex.actors.brain;

import java.util.SortedSet;

/**
 * How the cluster looks from one brain, for status only: nothing is decided by it.
 *
 * @param joined this brain is a member
 * @param up names of the members that are up, itself included
 * @param unreachable those of them that it does not hear
 * @param starts how often this brain was started since its process began
 */
public record Membership(boolean joined, SortedSet<String> up, SortedSet<String> unreachable, long starts) {}
