package io.interrex.cluster.group;

/** Where a test of some decisions tells one situation for each of their rules. */
@FunctionalInterface
interface RuleCases {

    /** @param expected {@code accepted:} or {@code refused:}, and the events */
    void when(RuleId rule, GroupState state, GroupCommand command, String expected);
}
