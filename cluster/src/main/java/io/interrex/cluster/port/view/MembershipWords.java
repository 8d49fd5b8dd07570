package io.interrex.cluster.port.view;

import io.interrex.cluster.group.MembershipEvent;
import java.util.ArrayList;

/** Who belongs to a group, in words. */
final class MembershipWords {

    private MembershipWords() {}

    static String sentence(MembershipEvent event) {
        return switch (event) {
            case MembershipEvent.SeatMoved e -> moved(e);
            case MembershipEvent.MembersChanged e -> changed(e);
        };
    }

    static String moved(MembershipEvent.SeatMoved e) {
        return "%s gives the seat of voter %s to node %s, whose disk counts when 'interrex voter readmit' has given it the seat"
                .formatted(e.actor(), e.seat(), e.to());
    }

    static String changed(MembershipEvent.MembersChanged e) {
        return "%s changes the members: %s".formatted(e.actor(), change(e));
    }

    static String change(MembershipEvent.MembersChanged e) {
        var parts = new ArrayList<String>();
        if (!e.added().isEmpty()) {
            parts.add(EventWords.and(e.added()) + (e.added().size() == 1 ? " is added" : " are added"));
        }
        if (!e.removed().isEmpty()) {
            parts.add(EventWords.and(e.removed())
                    + (e.removed().size() == 1 ? " is no member any more" : " are no members any more"));
        }
        return String.join("; ", parts);
    }
}
