package io.interrex.cluster.group;

import java.util.List;

/**
 * What {@link GroupDecider} made of a command. A refusal may carry events too: the first time for its reason it is
 * recorded.
 *
 * @param accepted whether what was asked happens
 * @param rule by which
 * @param why in words, with numbers
 * @param events to append, in order; empty: nothing changes
 */
public record Decision(boolean accepted, RuleId rule, String why, List<GroupEvent> events) {

    /** What was asked is done by appending these events; none: it is so already. */
    public static Decision accept(RuleId rule, String why, GroupEvent... events) {
        return new Decision(true, rule, why, List.of(events));
    }

    public static Decision accept(RuleId rule, String why, List<GroupEvent> events) {
        return new Decision(true, rule, why, List.copyOf(events));
    }

    /** What was asked is not done; the events record the refusal where it is news. */
    public static Decision refuse(RuleId rule, String why, GroupEvent... events) {
        return new Decision(false, rule, why, List.of(events));
    }
}
