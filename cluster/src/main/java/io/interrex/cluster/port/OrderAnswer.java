package io.interrex.cluster.port;

import io.interrex.cluster.group.KnownLoss;
import io.interrex.cluster.group.RuleId;
import java.util.UUID;

/** What became of an {@link Order}: recorded and being carried out, refused by a rule, or not known. */
public sealed interface OrderAnswer {

    UUID operation();

    /** @param version of the event in the group's log that records it */
    record Accepted(UUID operation, RuleId rule, String why, long version) implements OrderAnswer {}

    /** It was asked for a dry run: so the order would be decided now, and nothing is recorded. */
    record Foreseen(UUID operation, RuleId rule, String why, KnownLoss loss) implements OrderAnswer {}

    record Refused(UUID operation, RuleId rule, String why) implements OrderAnswer {}

    /** The log did not answer: the order may or may not be recorded. Look at the events, or ask again with the same id. */
    record Unknown(UUID operation, String why) implements OrderAnswer {}
}
