/**
 * The group as an aggregate: {@link io.interrex.cluster.group.GroupDecider} decides what a command does, {@link
 * io.interrex.cluster.group.GroupEvolution} what an event changes; {@link io.interrex.cluster.group.RuleId} has every rule.
 */
@NullMarked
package io.interrex.cluster.group;

import org.jspecify.annotations.NullMarked;
